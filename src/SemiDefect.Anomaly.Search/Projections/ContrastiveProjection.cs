using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// A linear map learned so that vectors which are alike come close and others stay apart (Hyun et al., ReConPatch,
/// WACV 2024, arXiv 2305.16713). A layer f and a layer g on top of it are trained with the relaxed contrastive loss
/// (<see cref="ContrastiveLoss"/>); what is alike says an exponentially averaged copy of both
/// (<see cref="SoftSimilarity"/>). The map is f. All sums are float64 in a fixed order, so the bits are the same on
/// every machine and for any number of threads. Stateless.
/// </summary>
public static class ContrastiveProjection
{
    /// <summary>Learns a map.</summary>
    /// <param name="vectors">The vectors, at least two; not changed.</param>
    /// <param name="options">The options.</param>
    /// <param name="progress">Receives each step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops within a step.</param>
    /// <returns>
    /// The matrix, outputs x columns, row by row, scaled so that the sum of the variances is that of the vectors; null
    /// if these do not vary. Memory: that of the moments (<see cref="PrincipalComponents"/>), 48 bytes per weight and
    /// 56 bytes x batch x batch.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static float[]? Fit(
        FeatureMatrix vectors,
        ContrastiveOptions options,
        IProgress<ContrastiveProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Outputs, vectors.Columns, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Outputs, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(vectors.Rows, 2, nameof(vectors));
        var moments = new Moments(vectors.Columns);
        for (int row = 0; row < vectors.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            moments.Add(vectors.Row(row));
        }

        if (PrincipalComponents.Axes(moments, options.Outputs) is not (double[] axes, _))
        {
            return null;
        }

        double[] mean = moments.Mean();
        double[] covariance = moments.SecondMoment(mean);
        double total = Trace(covariance, vectors.Columns);
        using var training = new ContrastiveTraining(
            options, axes, mean, 1 / Math.Sqrt(total), Math.Min(options.Batch, vectors.Rows));
        var batches = new BatchOrder(vectors.Rows, training.Batch, options.Seed);
        for (int step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double rate = options.LearningRate * (1 + PortableMath.Cos(Math.PI * step / options.Steps)) / 2;
            double loss = training.Step(vectors, batches.Next(), rate, cancellationToken);
            progress?.Report(new ContrastiveProgress(step + 1, options.Steps, loss));
        }

        double[] learned = training.Weights();
        Moments projected = moments.Project(learned, options.Outputs);
        double kept = Trace(projected.SecondMoment(projected.Mean()), options.Outputs);
        if (!(kept > 0) || !double.IsFinite(kept))
        {
            return null;
        }

        double scale = Math.Sqrt(total / kept);
        return [.. learned.Select(value => (float)(value * scale))];
    }

    private static double Trace(double[] matrix, int size)
    {
        double sum = 0;
        for (int i = 0; i < size; i++)
        {
            sum += matrix[i * size + i];
        }

        return sum;
    }

    /// <summary>The rows of one batch after another, each row once before any comes again.</summary>
    private sealed class BatchOrder
    {
        private readonly SeededGenerator _generator;
        private readonly int[] _order;
        private readonly int _size;
        private int _next;

        public BatchOrder(int rows, int size, ulong seed)
        {
            _generator = new SeededGenerator(seed);
            _order = [.. Enumerable.Range(0, rows)];
            (_size, _next) = (size, rows);
        }

        public ReadOnlySpan<int> Next()
        {
            if (_next + _size > _order.Length)
            {
                _generator.Shuffle(_order.AsSpan());
                _next = 0;
            }

            _next += _size;
            return _order.AsSpan(_next - _size, _size);
        }
    }
}
