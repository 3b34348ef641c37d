using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Learns to name regions from described ones. Every choice (linear or prototypes, the penalty) is made by naming each
/// labeled defect by what the others teach. Types count alike, and so do the defects of a type, whatever the number of
/// their views. Deterministic, on one thread. Stateless.
/// </summary>
internal static class NameTrainer
{
    private const int Sides = 4;

    // Of the total variance of a descriptor, which is 1 for each block.
    private static readonly double[] Penalties = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

    // Constants are hardly penalized.
    private const double PenaltyOfConstant = 1e-4;
    private const double PenaltyOfBoxes = 1e-2;

    /// <summary>Learns.</summary>
    /// <param name="rows">The rows, those of a defect adjacent.</param>
    /// <param name="blocks">The number of values of each block of a descriptor.</param>
    /// <param name="unknownRate">The share of defects of the types that may be called unknown.</param>
    /// <param name="views">The number of rows that are views, to be recorded.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static NamesRecord Train(
        IReadOnlyList<TaughtRow> rows,
        IReadOnlyList<int> blocks,
        double unknownRate,
        int views,
        CancellationToken cancellationToken)
    {
        string[] types =
            [.. rows.Select(row => row.Type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int[] labels = [.. rows.Select(row => Array.IndexOf(types, row.Type))];
        int[][] groups =
            [.. Enumerable.Range(0, rows.Count).GroupBy(row => rows[row].Defect).Select(group => group.ToArray())];
        double[] weights = WeightsOf(labels, groups, types.Length);
        int dimension = blocks.Sum();
        double[] scales = ScalesOf(rows, weights, blocks);
        var scaled = new NamesRecord(NamingMethod.Linear, dimension, [], unknownRate, false, views, string.Empty)
        {
            Weights = scales,
        };
        double[][] values = [.. rows.Select(row => NameClassifier.Standardize(row.Descriptor, scaled))];
        var problem = new Problem(values, labels, groups, weights, types.Length);
        Candidate best = Choose(problem, cancellationToken);
        double[]? boxes = LearnBoxes(rows, values, weights, cancellationToken);
        double[] all = [.. scales, .. best.Weights, .. boxes ?? []];
        return scaled with
        {
            Method = best.Method,
            Types = [.. types.Select((name, type) => Describe(name, type, problem, best))],
            HasBoxes = boxes is not null,
            Weights = all,
            Sha256 = NamesRecord.HashOf(all),
        };
    }

    // Ties go to the linear rule, which uses more than the means.
    private static Candidate Choose(Problem problem, CancellationToken cancellationToken)
    {
        Candidate prototypes = Prototypes(problem);
        return problem.Types > 1 && Linear(problem, cancellationToken) is var linear
            && problem.Accuracy(linear.HeldOut) >= problem.Accuracy(prototypes.HeldOut)
            ? linear
            : prototypes;
    }

    private static NamedType Describe(string name, int type, Problem problem, Candidate best)
    {
        int[] own = problem.DefectsOf(type);

        // A single defect says nothing about what is usual.
        double[] unusual = own.Length == 1
            ? []
            : [.. own.Select(defect => NameClassifier.Unusual(best.Method, best.HeldOut[defect], type)).Order()];
        return new NamedType(name, own.Length, own.Count(defect => problem.IsRight(best.HeldOut, defect)), unusual);
    }

    private static Candidate Linear(Problem problem, CancellationToken cancellationToken)
    {
        double[][] targets = [.. problem.Labels.Select(label =>
        {
            double[] target = new double[problem.Types];
            target[label] = 1;
            return target;
        })];
        RidgeMoments moments = Moments(problem.Values, targets, problem.Weights, cancellationToken);
        Candidate? best = null;
        double least = double.PositiveInfinity;
        foreach (double penalty in Penalties)
        {
            var ridge = new RidgeRegression(moments, PenaltyOf(moments.Columns, penalty), cancellationToken);
            double error = 0;
            var heldOut = new double[problem.Groups.Length][];
            for (int defect = 0; defect < heldOut.Length; defect++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int[] group = problem.Groups[defect];
                double[][] residuals = ridge.LeftOut(group);
                double factor = 1 / Math.Sqrt(problem.Weights[group[0]]);
                heldOut[defect] =
                    [.. residuals[0].Select((residual, type) => targets[group[0]][type] - residual * factor)];
                error += problem.Weights[group[0]] * group.Length
                    * NameClassifier.Unusual(NamingMethod.Linear, heldOut[defect], problem.Labels[group[0]]);
            }

            if (error < least)
            {
                least = error;
                double[] weights =
                    [.. Enumerable.Range(0, problem.Types).SelectMany(type => ridge.Coefficients(type).ToArray())];
                best = new Candidate(NamingMethod.Linear, weights, heldOut);
            }
        }

        return best!;
    }

    private static Candidate Prototypes(Problem problem)
    {
        int dimension = problem.Values[0].Length;
        double[][] sums = [.. Enumerable.Range(0, problem.Types).Select(_ => new double[dimension])];
        double[] totals = new double[problem.Types];
        for (int row = 0; row < problem.Values.Length; row++)
        {
            Add(sums[problem.Labels[row]], problem.Values[row], problem.Weights[row]);
            totals[problem.Labels[row]] += problem.Weights[row];
        }

        double[][] means = [.. sums.Select((sum, type) => Mean(sum, totals[type]))];
        var heldOut = new double[problem.Groups.Length][];
        for (int defect = 0; defect < heldOut.Length; defect++)
        {
            int[] group = problem.Groups[defect];
            int own = problem.Labels[group[0]];
            double[] sum = [.. sums[own]];
            double total = totals[own];
            foreach (int row in group)
            {
                Add(sum, problem.Values[row], -problem.Weights[row]);
                total -= problem.Weights[row];
            }

            bool isAlone = problem.DefectsOf(own).Length == 1;
            heldOut[defect] =
            [
                .. means.Select((mean, type) => type == own && isAlone
                    ? double.NegativeInfinity
                    : NameClassifier.ScoreOfPrototype(
                        problem.Values[group[0]], type == own ? Mean(sum, total) : mean)),
            ];
        }

        double[] weights = [.. means.SelectMany(mean => (double[])[.. mean, 0])];
        return new Candidate(NamingMethod.Prototype, weights, heldOut);
    }

    // Of regions that the detector found, because it will have to tell the boxes of those.
    private static double[]? LearnBoxes(
        IReadOnlyList<TaughtRow> rows, double[][] values, double[] weights, CancellationToken cancellationToken)
    {
        int[] known = [.. Enumerable.Range(0, rows.Count).Where(row => rows[row].Insets is not null)];
        if (known.Length == 0)
        {
            return null;
        }

        double total = known.Sum(row => weights[row]);
        RidgeMoments moments = Moments(
            [.. known.Select(row => values[row])],
            [.. known.Select(row => rows[row].Insets!)],
            [.. known.Select(row => weights[row] / total)],
            cancellationToken);
        var ridge = new RidgeRegression(moments, PenaltyOf(moments.Columns, PenaltyOfBoxes), cancellationToken);
        return [.. Enumerable.Range(0, Sides).SelectMany(side => ridge.Coefficients(side).ToArray())];
    }

    private static RidgeMoments Moments(
        double[][] values, double[][] targets, double[] weights, CancellationToken cancellationToken)
    {
        double[] roots = [.. weights.Select(Math.Sqrt)];
        return new RidgeMoments(
            [.. values.Select((row, i) => (double[])[.. row.Select(value => value * roots[i]), roots[i]])],
            [.. targets.Select((row, i) => row.Select(value => value * roots[i]).ToArray())],
            cancellationToken);
    }

    private static double[] PenaltyOf(int columns, double penalty) =>
        [.. Enumerable.Range(0, columns).Select(i => i < columns - 1 ? penalty : penalty * PenaltyOfConstant)];

    private static double[] WeightsOf(int[] labels, int[][] groups, int types)
    {
        double[] weights = new double[labels.Length];
        int[] defects = new int[types];
        foreach (int[] group in groups)
        {
            defects[labels[group[0]]]++;
        }

        foreach (int[] group in groups)
        {
            foreach (int row in group)
            {
                weights[row] = 1.0 / types / defects[labels[row]] / group.Length;
            }
        }

        return weights;
    }

    // Means, and scales by which each block has the variance 1. The figures of a shape have units of their own; the
    // values of the other blocks have one in common.
    private static double[] ScalesOf(IReadOnlyList<TaughtRow> rows, double[] weights, IReadOnlyList<int> blocks)
    {
        int dimension = blocks.Sum();
        double[] result = new double[2 * dimension];
        Span<double> means = result.AsSpan(0, dimension);
        double[] variances = new double[dimension];
        for (int row = 0; row < weights.Length; row++)
        {
            for (int i = 0; i < dimension; i++)
            {
                means[i] += weights[row] * rows[row].Descriptor[i];
            }
        }

        for (int row = 0; row < weights.Length; row++)
        {
            for (int i = 0; i < dimension; i++)
            {
                double difference = rows[row].Descriptor[i] - means[i];
                variances[i] += weights[row] * difference * difference;
            }
        }

        int at = 0;
        for (int block = 0; block < blocks.Count; block++)
        {
            double all = 0;
            for (int i = at; i < at + blocks[block]; i++)
            {
                all += variances[i];
            }

            bool isOfFigures = block == blocks.Count - 2;
            for (int i = at; i < at + blocks[block]; i++)
            {
                double variance = isOfFigures ? variances[i] * blocks[block] : all;
                result[dimension + i] = variance > 1e-12 ? 1 / Math.Sqrt(variance) : 0;
            }

            at += blocks[block];
        }

        return result;
    }

    private static void Add(double[] sum, double[] values, double weight)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += weight * values[i];
        }
    }

    private static double[] Mean(double[] sum, double total) =>
        [.. sum.Select(value => total > 0 ? value / total : 0)];

    /// <summary>A rule, and the scores of each defect by what the others teach.</summary>
    private sealed record Candidate(NamingMethod Method, double[] Weights, double[][] HeldOut);

    /// <summary>What is to be learned. Treat as immutable.</summary>
    private sealed record Problem(double[][] Values, int[] Labels, int[][] Groups, double[] Weights, int Types)
    {
        public int[] DefectsOf(int type) =>
            [.. Enumerable.Range(0, Groups.Length).Where(defect => Labels[Groups[defect][0]] == type)];

        public bool IsRight(double[][] heldOut, int defect) =>
            Array.IndexOf(heldOut[defect], heldOut[defect].Max()) == Labels[Groups[defect][0]];

        /// <summary>The mean over the types of the share of their defects that are named right.</summary>
        public double Accuracy(double[][] heldOut) => Enumerable.Range(0, Types)
            .Select(DefectsOf)
            .Average(own => own.Count(defect => IsRight(heldOut, defect)) / (double)own.Length);
    }
}
