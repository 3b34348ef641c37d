using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>Initial row and distances of the greedy selections. Stateless.</summary>
internal static unsafe class GreedyStart
{
    private const int RowsPerPiece = 256;
    private const int ColumnsPerPiece = 128;

    /// <summary>
    /// The row whose distances to all rows have the largest Euclidean norm; ties go to the lowest row. The sum over j
    /// of |x_i - x_j|^2 is n |x_i - mean|^2 plus a term that is the same for every i, so this is the row farthest from
    /// the mean.
    /// </summary>
    public static int FarthestFromMean(FeatureMatrix features, int threads, CancellationToken cancellationToken)
    {
        double[] mean = Mean(features, threads, cancellationToken);
        double[] squares = new double[features.Rows];
        WorkQueue.Run(
            (features.Rows + RowsPerPiece - 1) / RowsPerPiece,
            threads,
            piece =>
            {
                int end = Math.Min(features.Rows, (piece + 1) * RowsPerPiece);
                for (int row = piece * RowsPerPiece; row < end; row++)
                {
                    squares[row] = SquaredDistance(features.Row(row), mean);
                }
            },
            cancellationToken);
        int farthest = 0;
        for (int row = 1; row < squares.Length; row++)
        {
            farthest = squares[row] > squares[farthest] ? row : farthest;
        }

        return farthest;
    }

    /// <summary>
    /// The square of each row's mean Euclidean distance to the anchors, which is the initial distance of the
    /// approximate method. It is squared because it is compared with squared distances.
    /// </summary>
    public static double[] MeanDistanceToAnchors(
        FeatureMatrix features,
        int[] anchors,
        int threads,
        CancellationToken cancellationToken)
    {
        double[] result = new double[features.Rows];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, features.Rows, options, row =>
        {
            double sum = 0;
            foreach (int anchor in anchors)
            {
                sum += Math.Sqrt(ExactDistance.Squared(
                    ref *(features.Data + (long)row * features.Columns),
                    ref *(features.Data + (long)anchor * features.Columns),
                    features.Columns));
            }

            double mean = sum / anchors.Length;
            result[row] = mean * mean;
        });
        return result;
    }

    /// <summary>The mean of the rows; each column is summed from the first row to the last.</summary>
    private static double[] Mean(FeatureMatrix features, int threads, CancellationToken cancellationToken)
    {
        double[] mean = new double[features.Columns];
        WorkQueue.Run(
            (features.Columns + ColumnsPerPiece - 1) / ColumnsPerPiece,
            threads,
            piece =>
            {
                int start = piece * ColumnsPerPiece;
                Span<double> sums = mean.AsSpan(start, Math.Min(ColumnsPerPiece, mean.Length - start));
                for (int row = 0; row < features.Rows; row++)
                {
                    AddTo(sums, features.Row(row).Slice(start, sums.Length));
                }

                foreach (ref double value in sums)
                {
                    value /= features.Rows;
                }
            },
            cancellationToken);
        return mean;
    }

    private static void AddTo(Span<double> sums, ReadOnlySpan<float> values)
    {
        int i = 0;
        for (; i <= sums.Length - 8; i += 8)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Create(values[i..]));
            (Vector256.Create<double>(sums[i..]) + lower).CopyTo(sums[i..]);
            (Vector256.Create<double>(sums[(i + 4)..]) + upper).CopyTo(sums[(i + 4)..]);
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += values[i];
        }
    }

    /// <summary>
    /// The squared distance, summed in lanes as in <see cref="ExactDistance"/>: element i goes to lane i mod 8.
    /// </summary>
    private static double SquaredDistance(ReadOnlySpan<float> values, ReadOnlySpan<double> mean)
    {
        Vector256<double> first = Vector256<double>.Zero;
        Vector256<double> second = Vector256<double>.Zero;
        int i = 0;
        for (; i <= values.Length - 8; i += 8)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Create(values[i..]));
            lower -= Vector256.Create(mean[i..]);
            upper -= Vector256.Create(mean[(i + 4)..]);
            first += lower * lower;
            second += upper * upper;
        }

        double rest = 0;
        for (; i < values.Length; i++)
        {
            double difference = values[i] - mean[i];
            rest += difference * difference;
        }

        Vector256<double> four = first + second;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1) + rest;
    }
}
