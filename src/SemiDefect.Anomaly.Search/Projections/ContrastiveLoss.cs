using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// The relaxed contrastive loss of a batch (Kim et al., Embedding Transfer with Label Relaxation, CVPR 2021):
/// L = 1/B sum over i, j of w_ij d_ij^2 + (1 - w_ij) max(m - d_ij, 0)^2, where d_ij is the distance of vectors i and j
/// divided by the mean distance of all vectors to i. Its gradient includes the mean. Not thread-safe.
/// </summary>
/// <param name="size">The number of vectors B.</param>
/// <param name="columns">Values per vector.</param>
/// <param name="margin">The margin m.</param>
/// <param name="repulsion">The weight of the second term; 1 in the paper.</param>
/// <param name="threads">The number of threads.</param>
internal sealed class ContrastiveLoss(int size, int columns, double margin, double repulsion, int threads)
    : IDisposable
{
    private const int RowsPerPiece = 16;

    private readonly DenseMatrix _transposed = new(columns, size);
    private readonly DenseMatrix _distances = new(size, size);
    private readonly DenseMatrix _slopes = new(size, size);
    private readonly DenseMatrix _pulls = new(size, size);
    private readonly double[] _losses = new double[size];

    /// <summary>The squared distances of all pairs of vectors.</summary>
    public void SquaredDistances(DenseMatrix vectors, DenseMatrix result, CancellationToken cancellationToken)
    {
        _transposed.SetTransposed(vectors);
        result.SetProduct(vectors, _transposed, threads, cancellationToken);
        double[] lengths = [.. Enumerable.Range(0, size).Select(i => result.Row(i)[i])];
        ForRows(
            row =>
            {
                Span<double> values = result.Row(row);
                for (int other = 0; other < size; other++)
                {
                    values[other] = other == row
                        ? 0
                        : Math.Max(0, lengths[row] + lengths[other] - 2 * values[other]);
                }
            },
            cancellationToken);
    }

    /// <summary>Computes the loss and its gradient.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="similarities">The similarity w of each pair.</param>
    /// <param name="gradient">Receives the derivative of the loss by each value.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    public double Compute(
        DenseMatrix vectors, DenseMatrix similarities, DenseMatrix gradient, CancellationToken cancellationToken)
    {
        SquaredDistances(vectors, _distances, cancellationToken);
        ForRows(row => Slope(row, similarities.Row(row)), cancellationToken);
        ForRows(Pull, cancellationToken);
        gradient.SetProduct(_pulls, vectors, threads, cancellationToken);
        double loss = 0;
        foreach (double part in _losses)
        {
            loss += part;
        }

        return loss / size;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _transposed.Dispose();
        _distances.Dispose();
        _slopes.Dispose();
        _pulls.Dispose();
    }

    private void ForRows(Action<int> work, CancellationToken cancellationToken) => WorkQueue.Run(
        (size + RowsPerPiece - 1) / RowsPerPiece,
        threads,
        piece =>
        {
            for (int row = piece * RowsPerPiece; row < Math.Min(size, (piece + 1) * RowsPerPiece); row++)
            {
                work(row);
            }
        },
        cancellationToken);

    // The derivative of row i's part of the loss by the distance of i and j, divided by B.
    private void Slope(int row, ReadOnlySpan<double> similarities)
    {
        Span<double> distances = _distances.Row(row);
        Span<double> slopes = _slopes.Row(row);
        double sum = 0;
        for (int other = 0; other < size; other++)
        {
            distances[other] = Math.Sqrt(distances[other]);
            sum += distances[other];
        }

        double mean = sum / size;
        _losses[row] = 0;
        if (mean == 0)
        {
            slopes.Clear();
            return;
        }

        double loss = 0;
        double shared = 0;
        for (int other = 0; other < size; other++)
        {
            double relative = distances[other] / mean;
            double missing = other == row ? 0 : Math.Max(0, margin - relative);
            double weight = similarities[other];
            double apart = repulsion * (1 - weight);
            loss += weight * relative * relative + apart * missing * missing;
            double slope = (weight * relative - apart * missing) * 2 / size;
            slopes[other] = slope;
            shared += slope * relative;
        }

        shared /= size;
        for (int other = 0; other < size; other++)
        {
            slopes[other] = (slopes[other] - shared) / mean;
        }

        _losses[row] = loss;
    }

    // The gradient of vector i is the sum over j of c_ij (z_i - z_j): a product with the matrix of c.
    private void Pull(int row)
    {
        Span<double> distances = _distances.Row(row);
        Span<double> slopes = _slopes.Row(row);
        Span<double> pulls = _pulls.Row(row);
        double sum = 0;
        for (int other = 0; other < size; other++)
        {
            double pull = distances[other] > 0 ? (slopes[other] + _slopes.Row(other)[row]) / distances[other] : 0;
            pulls[other] = -pull;
            sum += pull;
        }

        pulls[row] = sum;
    }
}
