using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// The patches that a map of patches is learned from: at most 32,768 of all good images, spread evenly. Stateless.
/// </summary>
internal static class FeatureSample
{
    // Enough for the covariance of a thousand dimensions; more rows change it by little.
    private const int Largest = 32_768;

    // Enough to see whether a whitening holds for other images.
    private const int Groups = 5;

    private delegate void RowAction(int image, ReadOnlySpan<float> row);

    /// <summary>The number of patches of the sample.</summary>
    public static int CountOf(TrainingFeatures features) =>
        (features.Rows + StepOf(features) - 1) / StepOf(features);

    /// <summary>A copy of the sample; the caller disposes of it.</summary>
    public static FeatureMatrix Copy(TrainingFeatures features, CancellationToken cancellationToken)
    {
        FeatureMatrix sample = FeatureMatrix.Allocate(CountOf(features), features.Columns);
        try
        {
            int next = 0;
            ForEach(features, (_, row) => row.CopyTo(sample.Row(next++)), cancellationToken);
            return sample;
        }
        catch
        {
            sample.Dispose();
            throw;
        }
    }

    /// <summary>The moments of the sample by groups of images.</summary>
    /// <param name="features">The patches.</param>
    /// <param name="seed">The seed of the groups.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    public static Moments[] MomentsOf(TrainingFeatures features, ulong seed, CancellationToken cancellationToken)
    {
        var folds = new FoldAssignment(features.Images.Count, Groups, seed);
        var moments = new Moments[folds.Count];
        for (int fold = 0; fold < moments.Length; fold++)
        {
            moments[fold] = new Moments(features.Columns);
        }

        ForEach(features, (image, row) => moments[folds[image]].Add(row), cancellationToken);
        return moments;
    }

    // An odd step reaches all columns of a grid, whose width is mostly even.
    private static int StepOf(TrainingFeatures features) => ((features.Rows + Largest - 1) / Largest) | 1;

    private static void ForEach(TrainingFeatures features, RowAction action, CancellationToken cancellationToken)
    {
        int step = StepOf(features);
        int next = 0;
        for (int image = 0; image < features.Images.Count; image++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<float> rows = features.RowsOf(image);
            int count = features.Images[image].Count;
            for (; next < count; next += step)
            {
                action(image, rows.Slice(next * features.Columns, features.Columns));
            }

            next -= count;
        }
    }
}
