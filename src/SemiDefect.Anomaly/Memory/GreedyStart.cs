using SemiDefect.Anomaly.Neighbors;
using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Memory;

/// <summary>Where the greedy selections start. Thread-safe: nothing is kept.</summary>
internal static unsafe class GreedyStart
{
    /// <summary>
    /// The row whose distances to all rows have the largest Euclidean norm, the lowest one of equals. The sum over j of
    /// |x_i - x_j|^2 is n |x_i - mean|^2 plus what is the same for every i, so it is the row farthest from the mean.
    /// </summary>
    public static int FarthestFromMean(FeatureMatrix features)
    {
        double[] mean = Mean(features);
        int farthest = 0;
        double largest = -1;
        for (int row = 0; row < features.Rows; row++)
        {
            double sum = 0;
            ReadOnlySpan<float> values = features.Row(row);
            for (int column = 0; column < values.Length; column++)
            {
                double difference = values[column] - mean[column];
                sum += difference * difference;
            }

            if (sum > largest)
            {
                largest = sum;
                farthest = row;
            }
        }

        return farthest;
    }

    /// <summary>
    /// The square of each row's mean Euclidean distance to the anchors: what the approximate method takes for the
    /// distance to begin with. Squared, because squared distances are what it is compared with.
    /// </summary>
    public static double[] MeanDistanceToAnchors(FeatureMatrix features, int[] anchors, int threads, CancellationToken cancellationToken)
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

    private static double[] Mean(FeatureMatrix features)
    {
        double[] mean = new double[features.Columns];
        for (int row = 0; row < features.Rows; row++)
        {
            ReadOnlySpan<float> values = features.Row(row);
            for (int column = 0; column < values.Length; column++)
            {
                mean[column] += values[column];
            }
        }

        foreach (ref double value in mean.AsSpan())
        {
            value /= features.Rows;
        }

        return mean;
    }
}
