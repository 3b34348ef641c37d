using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// How alike the vectors of a batch are, 0 to 1 (Hyun et al., ReConPatch, WACV 2024, equations 1 to 6): the mean of a
/// Gaussian kernel of their distance and of how many nearest neighbors they share (Kim et al., Self-Taught Metric
/// Learning without Labels, CVPR 2022). The kernel's width follows the batch, so that no unit of the vectors matters.
/// Not thread-safe.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="size">The number of vectors of a batch.</param>
internal sealed class SoftSimilarity(ContrastiveOptions options, int size) : IDisposable
{
    private const int RowsPerPiece = 16;

    private readonly int _neighbors = Math.Min(options.Neighbors, size);
    private readonly int[] _nearest = new int[size * Math.Min(options.Neighbors, size)];
    private readonly double[] _means = new double[size];
    private readonly DenseMatrix _shared = new(size, size);
    private readonly DenseMatrix _expanded = new(size, size);

    private int Half => Math.Max(1, _neighbors / 2);

    /// <summary>Computes the similarity of every pair.</summary>
    /// <param name="squared">The squared distances; symmetric.</param>
    /// <param name="result">Receives the similarities; symmetric, 1 on the diagonal.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    public void Compute(DenseMatrix squared, DenseMatrix result, CancellationToken cancellationToken)
    {
        ForRows(row => FindNearest(squared.Row(row), row), cancellationToken);
        double sum = 0;
        foreach (double mean in _means)
        {
            sum += mean;
        }

        double width = options.KernelWidth * sum / size;
        ForRows(CountShared, cancellationToken);
        ForRows(Expand, cancellationToken);
        ForRows(row => Combine(row, squared.Row(row), result.Row(row), width), cancellationToken);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _shared.Dispose();
        _expanded.Dispose();
    }

    private void ForRows(Action<int> work, CancellationToken cancellationToken) => WorkQueue.Run(
        (size + RowsPerPiece - 1) / RowsPerPiece,
        options.Threads,
        piece =>
        {
            for (int row = piece * RowsPerPiece; row < Math.Min(size, (piece + 1) * RowsPerPiece); row++)
            {
                work(row);
            }
        },
        cancellationToken);

    // Ascending, a vector first of its own neighborhood; of equal distances, the lower index.
    private void FindNearest(ReadOnlySpan<double> squared, int row)
    {
        Span<int> nearest = _nearest.AsSpan(row * _neighbors, _neighbors);
        Span<double> distances = stackalloc double[_neighbors];
        int count = 1;
        nearest[0] = row;
        distances[0] = -1;
        double sum = 0;
        for (int other = 0; other < size; other++)
        {
            double distance = squared[other];
            sum += distance;
            if (other == row || (count == _neighbors && distance >= distances[count - 1]))
            {
                continue;
            }

            count = Math.Min(count + 1, _neighbors);
            int place = count - 1;
            for (; place > 0 && distances[place - 1] > distance; place--)
            {
                (nearest[place], distances[place]) = (nearest[place - 1], distances[place - 1]);
            }

            if (place > 0)
            {
                (nearest[place], distances[place]) = (other, distance);
            }
        }

        _means[row] = sum / size;
    }

    private ReadOnlySpan<int> Nearest(int row, int count) => _nearest.AsSpan(row * _neighbors, count);

    private void CountShared(int row)
    {
        Span<double> shared = _shared.Row(row);
        shared.Clear();
        ReadOnlySpan<int> own = Nearest(row, _neighbors);
        foreach (int other in own)
        {
            int both = 0;
            foreach (int neighbor in Nearest(other, _neighbors))
            {
                both += own.Contains(neighbor) ? 1 : 0;
            }

            shared[other] = (double)both / _neighbors;
        }
    }

    // The mean over the nearest half of the neighborhood, as far as it holds in both directions.
    private void Expand(int row)
    {
        Span<double> expanded = _expanded.Row(row);
        expanded.Clear();
        int count = 0;
        foreach (int other in Nearest(row, Half))
        {
            if (!Nearest(other, Half).Contains(row))
            {
                continue;
            }

            count++;
            foreach (int neighbor in Nearest(other, _neighbors))
            {
                expanded[neighbor] += _shared.Row(other)[neighbor];
            }
        }

        foreach (ref double value in expanded)
        {
            value /= count;
        }
    }

    private void Combine(int row, ReadOnlySpan<double> squared, Span<double> result, double width)
    {
        Span<double> expanded = _expanded.Row(row);
        double pairs = options.PairWeight;
        for (int other = 0; other < size; other++)
        {
            double pair = width > 0 ? PortableMath.Exp(-squared[other] / width) : 1;
            double neighborhood = (expanded[other] + _expanded.Row(other)[row]) / 2;
            result[other] = pairs * pair + (1 - pairs) * neighborhood;
        }
    }
}
