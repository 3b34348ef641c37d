using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;

namespace SemiDefect.Anomaly.Search.Tests.Projections;

public class ContrastiveProjectionTests
{
    private const int Columns = 24;

    [Fact]
    public void The_gradient_of_the_loss_equals_finite_differences()
    {
        const int Size = 9;
        const int Values = 4;
        var generator = new SeededGenerator(11);
        using DenseMatrix vectors = Matrix(Size, Values, generator.NextGaussian);
        using var similarities = new DenseMatrix(Size, Size);
        for (int i = 0; i < Size; i++)
        {
            for (int j = i; j < Size; j++)
            {
                similarities.Row(i)[j] = similarities.Row(j)[i] = i == j ? 1 : generator.NextDouble();
            }
        }

        using var loss = new ContrastiveLoss(Size, Values, 1.3, 0.4, 2);
        using var gradient = new DenseMatrix(Size, Values);
        using var unused = new DenseMatrix(Size, Values);
        loss.Compute(vectors, similarities, gradient, CancellationToken.None);
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Values; j++)
            {
                double slope = Slope(
                    vectors, i, j, () => loss.Compute(vectors, similarities, unused, CancellationToken.None));
                Assert.Equal(slope, gradient.Row(i)[j], 1e-7);
            }
        }
    }

    [Fact]
    public void The_loss_equals_its_definition()
    {
        const int Size = 7;
        var generator = new SeededGenerator(2);
        using DenseMatrix vectors = Matrix(Size, 3, generator.NextGaussian);
        using DenseMatrix similarities = Matrix(Size, Size, generator.NextDouble);
        using var gradient = new DenseMatrix(Size, 3);
        using var loss = new ContrastiveLoss(Size, 3, 1, 1, 1);
        double expected = 0;
        for (int i = 0; i < Size; i++)
        {
            double[] distances =
            [
                .. Enumerable.Range(0, Size).Select(j => Math.Sqrt(
                    Enumerable.Range(0, 3).Sum(k => Math.Pow(vectors.Row(i)[k] - vectors.Row(j)[k], 2)))),
            ];
            for (int j = 0; j < Size; j++)
            {
                // A vector is at distance 0 of itself, which nothing can change.
                double relative = distances[j] / distances.Average();
                double weight = similarities.Row(i)[j];
                double apart = i == j ? 0 : Math.Max(0, 1 - relative);
                expected += weight * relative * relative + (1 - weight) * apart * apart;
            }
        }

        Assert.Equal(
            expected / Size, loss.Compute(vectors, similarities, gradient, CancellationToken.None), 1e-12);
    }

    [Fact]
    public void The_gradients_of_both_layers_equal_finite_differences()
    {
        var options = new ContrastiveOptions { Outputs = 5, Threads = 2 };
        using FeatureMatrix vectors = Clusters(40, 1);
        var generator = new SeededGenerator(9);
        double[] start = [.. Enumerable.Range(0, 5 * Columns).Select(_ => generator.NextGaussian())];
        using var training = new ContrastiveTraining(options, start, new double[Columns], 0.3, 40);
        int[] rows = [.. Enumerable.Range(0, 40)];

        // The similarities come from the averaged copies, which do not change with the layers.
        double Loss() => training.Gradient(vectors, rows, CancellationToken.None);
        Loss();
        foreach ((DenseMatrix weights, DenseMatrix slopes) in new[]
        {
            (training.Parts.Layer, training.Parts.LayerSlopes), (training.Parts.Head, training.Parts.HeadSlopes),
        })
        {
            for (int i = 0; i < weights.Rows; i += 3)
            {
                for (int j = 0; j < weights.Columns; j++)
                {
                    double slope = Slope(weights, i, j, Loss);
                    Loss();
                    Assert.Equal(slope, slopes.Row(i)[j], 1e-7);
                }
            }
        }
    }

    [Fact]
    public void Similarities_are_symmetric_from_0_to_1_and_high_within_a_cluster()
    {
        const int Size = 60;
        var options = new ContrastiveOptions { Outputs = 2 };
        using FeatureMatrix vectors = Clusters(Size, 4);
        using DenseMatrix rows = new(Size, Columns);
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                rows.Row(i)[j] = vectors.Row(i)[j];
            }
        }

        using var loss = new ContrastiveLoss(Size, Columns, 1, 1, 1);
        using var similarity = new SoftSimilarity(options, Size);
        using var squared = new DenseMatrix(Size, Size);
        using var result = new DenseMatrix(Size, Size);
        loss.SquaredDistances(rows, squared, CancellationToken.None);
        similarity.Compute(squared, result, CancellationToken.None);
        double inside = 0;
        double outside = 0;
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                Assert.Equal(result.Row(j)[i], result.Row(i)[j]);
                Assert.InRange(result.Row(i)[j], 0, 1);
                (inside, outside) = i % 4 == j % 4
                    ? (inside + result.Row(i)[j] / 900, outside)
                    : (inside, outside + result.Row(i)[j] / 2700);
            }
        }

        Assert.True(inside > 2 * outside, $"{inside} within, {outside} between");
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        using FeatureMatrix vectors = Clusters(300, 7);
        var options = new ContrastiveOptions { Outputs = 9, Steps = 20, Batch = 100, Seed = 3 };
        float[] one = ContrastiveProjection.Fit(vectors, options)!;
        Assert.All((int[])[2, 3, 8], threads =>
            Assert.Equal(one, ContrastiveProjection.Fit(vectors, options with { Threads = threads })!));
        Assert.NotEqual(one, ContrastiveProjection.Fit(vectors, options with { Seed = 4 })!);
        Assert.NotEqual(one, ContrastiveProjection.Fit(vectors, options with { Steps = 19 })!);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Kinds_that_are_not_among_the_good_ones_are_found_that_plain_distances_miss()
    {
        const double Noise = 0.9;
        using FeatureMatrix good = Families(1000, 21, Noise);
        using FeatureMatrix fresh = Families(200, 22, Noise);
        using FeatureMatrix odd = Families(200, 23, Noise, isOdd: true);
        var options = new ContrastiveOptions
        {
            Outputs = 8,
            Steps = 200,
            Batch = 256,
            LearningRate = 3e-3,
            KernelWidth = 0.1,
            Repulsion = 0.03,
        };
        float[] unit = [.. Enumerable.Range(0, Columns * Columns).Select(i => i % (Columns + 1) == 0 ? 1f : 0f)];
        double plain = Auroc(unit, Columns, good, fresh, odd);
        double principal =
            Auroc(ContrastiveProjection.Fit(good, options with { Steps = 0 })!, 8, good, fresh, odd);
        double learned = Auroc(ContrastiveProjection.Fit(good, options)!, 8, good, fresh, odd);
        Assert.True(
            learned > 0.97 && plain < 0.9 && principal < 0.9,
            $"plain {plain}, principal components {principal}, learned {learned}");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void With_the_loss_of_the_paper_small_deviations_in_steady_directions_are_found()
    {
        using FeatureMatrix good = Steady(1000, 31, 0);
        using FeatureMatrix fresh = Steady(200, 32, 0);
        using FeatureMatrix odd = Steady(200, 33, 0.8);
        float[] unit = [.. Enumerable.Range(0, Columns * Columns).Select(i => i % (Columns + 1) == 0 ? 1f : 0f)];
        double plain = Auroc(unit, Columns, good, fresh, odd);
        var options = new ContrastiveOptions { Outputs = Columns, Steps = 200, Batch = 256, LearningRate = 3e-3 };
        double learned = Auroc(ContrastiveProjection.Fit(good, options)!, Columns, good, fresh, odd);
        Assert.True(learned > plain + 0.1, $"plain {plain}, learned {learned}");
    }

    [Fact]
    public void Without_steps_it_is_the_map_to_the_principal_components_up_to_scale()
    {
        using FeatureMatrix vectors = Clusters(200, 5);
        var moments = new Moments(Columns);
        for (int row = 0; row < vectors.Rows; row++)
        {
            moments.Add(vectors.Row(row));
        }

        (float[] principal, double share) = PrincipalComponents.Fit(moments, 6)!.Value;
        float[] none = ContrastiveProjection.Fit(vectors, new ContrastiveOptions { Outputs = 6, Steps = 0 })!;
        Assert.All(
            principal.Zip(none), pair => Assert.Equal(pair.First / Math.Sqrt(share), pair.Second, 1e-5));
    }

    [Fact]
    public void Each_step_is_reported_and_the_loss_falls()
    {
        var losses = new List<double>();
        using FeatureMatrix vectors = Clusters(600, 8);
        var options = new ContrastiveOptions { Outputs = 8, Steps = 200, Batch = 200 };
        ContrastiveProjection.Fit(
            vectors,
            options,
            new Listener(report =>
            {
                Assert.Equal((losses.Count + 1, 200), (report.Step, report.Steps));
                losses.Add(report.Loss);
            }));
        Assert.Equal(200, losses.Count);
        Assert.True(losses.TakeLast(20).Average() < losses.Take(20).Average());
    }

    [Fact]
    public void It_can_be_canceled()
    {
        using var stop = new CancellationTokenSource();
        using FeatureMatrix vectors = Clusters(200, 8);
        int last = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => ContrastiveProjection.Fit(
            vectors,
            new ContrastiveOptions { Outputs = 8, Steps = 1000, Threads = 2 },
            new Listener(report =>
            {
                last = report.Step;
                if (last == 3)
                {
                    stop.Cancel();
                }
            }),
            stop.Token));
        Assert.Equal(3, last);
    }

    [Fact]
    public void Vectors_that_are_all_the_same_have_no_map()
    {
        using FeatureMatrix vectors = FeatureMatrix.Allocate(50, 4);
        Assert.Null(ContrastiveProjection.Fit(vectors, new ContrastiveOptions { Outputs = 2 }));
        vectors.Row(7)[2] = 1;
        Assert.NotNull(ContrastiveProjection.Fit(vectors, new ContrastiveOptions { Outputs = 2, Steps = 5 }));
    }

    // Four clusters in six directions, under noise in the others.
    private static FeatureMatrix Clusters(int count, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        var places = new SeededGenerator(99);
        double[][] centers =
        [
            .. Enumerable.Range(0, 4).Select(_ => (double[])
                [.. Enumerable.Range(0, 6).Select(_ => 2 * places.NextGaussian())]),
        ];
        FeatureMatrix vectors = FeatureMatrix.Allocate(count, Columns);
        for (int row = 0; row < count; row++)
        {
            double[] center = centers[row % 4];
            for (int i = 0; i < Columns; i++)
            {
                double value = i < 6 ? center[i] : 0;
                vectors.Row(row)[i] = (float)(value + (i < 6 ? 0.25 : 1.2) * generator.NextGaussian());
            }
        }

        return vectors;
    }

    // Forty kinds of patches in six directions, under noise of the same size in four and hardly any in the others.
    private static FeatureMatrix Families(int count, ulong seed, double noise, bool isOdd = false)
    {
        var generator = new SeededGenerator(seed);
        var places = new SeededGenerator(99);
        double[][] centers =
        [
            .. Enumerable.Range(0, 40).Select(_ => (double[])
                [.. Enumerable.Range(0, 6).Select(_ => places.NextGaussian())]),
        ];
        FeatureMatrix vectors = FeatureMatrix.Allocate(count, Columns);
        for (int row = 0; row < count; row++)
        {
            double[] center = isOdd
                ? [.. Enumerable.Range(0, 6).Select(_ => generator.NextGaussian())]
                : centers[generator.NextInt32(40)];
            for (int i = 0; i < Columns; i++)
            {
                double value = i < 6 ? center[i] : 0;
                vectors.Row(row)[i] =
                    (float)(value + (i < 6 ? 0.1 : i < 12 ? noise : 0.1) * generator.NextGaussian());
            }
        }

        return vectors;
    }

    // Large variation in six directions and hardly any in the others, of which six may be shifted.
    private static FeatureMatrix Steady(int count, ulong seed, double shift)
    {
        var generator = new SeededGenerator(seed);
        FeatureMatrix vectors = FeatureMatrix.Allocate(count, Columns);
        for (int row = 0; row < count; row++)
        {
            for (int i = 0; i < Columns; i++)
            {
                vectors.Row(row)[i] =
                    (float)((i < 6 ? 2 : 0.2) * generator.NextGaussian() + (i is >= 6 and < 12 ? shift : 0));
            }
        }

        return vectors;
    }

    private static double Auroc(
        float[] matrix, int outputs, FeatureMatrix good, FeatureMatrix fresh, FeatureMatrix odd)
    {
        using var map = new LinearProjection(matrix, outputs, Columns);
        float[][] Map(FeatureMatrix rows)
        {
            float[] mapped = new float[rows.Rows * outputs];
            map.Apply(rows.RowBlock(0, rows.Rows), mapped, 1, CancellationToken.None);
            return [.. mapped.Chunk(outputs)];
        }

        float[][] bank = Map(good);
        double[] Scores(FeatureMatrix rows) => [.. Map(rows).Select(row => bank.Min(one => Squared(one, row)))];
        double[] normal = Scores(fresh);
        return Scores(odd).Average(score => normal.Average(one => score > one ? 1 : score < one ? 0 : 0.5));
    }

    private static double Squared(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return sum;
    }

    private static DenseMatrix Matrix(int rows, int columns, Func<double> next)
    {
        var matrix = new DenseMatrix(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref double value in matrix.Row(row))
            {
                value = next();
            }
        }

        return matrix;
    }

    private static double Slope(DenseMatrix matrix, int row, int column, Func<double> function)
    {
        const double Step = 1e-6;
        double value = matrix.Row(row)[column];
        matrix.Row(row)[column] = value + Step;
        double above = function();
        matrix.Row(row)[column] = value - Step;
        double below = function();
        matrix.Row(row)[column] = value;
        return (above - below) / (2 * Step);
    }

    private sealed class Listener(Action<ContrastiveProgress> action) : IProgress<ContrastiveProgress>
    {
        public void Report(ContrastiveProgress value) => action(value);
    }
}
