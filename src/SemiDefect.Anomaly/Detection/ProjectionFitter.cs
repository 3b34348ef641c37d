using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;
using SemiDefect.Anomaly.Search.Threading;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Learns the projection of a lane from the patches of all good images: of the same
/// sample as a whitening. Stateless. Memory: the sample, and what <see cref="ContrastiveProjection"/> needs.
/// </summary>
internal static class ProjectionFitter
{
    // The eigenvectors of a covariance of more values would take minutes.
    private const int LargestInput = 2048;

    // The neighborhoods of a smaller batch would be most of it.
    private const int SmallestSample = 32;

    /// <summary>Learns a projection; the caller disposes of it.</summary>
    /// <param name="features">The patches of all good images.</param>
    /// <param name="projection">What to learn.</param>
    /// <param name="options">The seed and the number of threads.</param>
    /// <param name="progress">Receives the training steps.</param>
    /// <param name="cancellationToken">Stops between images and within training steps.</param>
    /// <exception cref="SemiDefectException">It cannot be learned from these images.</exception>
    public static PatchProjection Fit(
        TrainingFeatures features,
        ProjectionOptions projection,
        FitOptions options,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        int inputs = features.Columns;
        int outputs = projection.DimensionFor(inputs);
        if (inputs > LargestInput)
        {
            throw new SemiDefectException(
                $"The patches have {inputs} values, and a projection takes at most {LargestInput}: use fewer outputs "
                    + "of the network (--taps), or no projection.");
        }

        ProjectionRecord? record = projection.Kind switch
        {
            ProjectionKind.Pca => Principal(features, outputs, options, cancellationToken),
            ProjectionKind.Whiten => Whitened(features, outputs, options, cancellationToken),
            _ => Trained(features, outputs, projection, options, progress, cancellationToken),
        };
        return record is not null && Array.TrueForAll(
            record.Matrix, value => Math.Abs(value) <= ProjectionRecord.LargestValue)
            ? new PatchProjection(record)
            : throw new SemiDefectException(
                $"No projection '{projection.Kind.ToString().ToLowerInvariant()}' can be learned from these images: "
                    + "they are too few, or their patches do not vary. Add good images, or use --projection none.");
    }

    private static ProjectionRecord? Principal(
        TrainingFeatures features, int outputs, FitOptions options, CancellationToken cancellationToken)
    {
        var all = new Moments(features.Columns);
        foreach (Moments group in FeatureSample.MomentsOf(features, options.Seed, cancellationToken))
        {
            all.Add(group);
        }

        return PrincipalComponents.Fit(all, outputs) is (float[] matrix, _)
            ? ProjectionRecord.Of(ProjectionKind.Pca, features.Columns, outputs, matrix)
            : null;
    }

    private static ProjectionRecord? Whitened(
        TrainingFeatures features, int outputs, FitOptions options, CancellationToken cancellationToken)
    {
        Moments[] groups = FeatureSample.MomentsOf(features, options.Seed, cancellationToken);
        return PrincipalComponents.FitWhitened(groups, outputs, cancellationToken) is (float[] matrix, double shrinkage)
            ? ProjectionRecord.Of(ProjectionKind.Whiten, features.Columns, outputs, matrix) with
            {
                Shrinkage = shrinkage,
            }
            : null;
    }

    private static ProjectionRecord? Trained(
        TrainingFeatures features,
        int outputs,
        ProjectionOptions projection,
        FitOptions options,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (FeatureSample.CountOf(features) < SmallestSample)
        {
            return null;
        }

        using FeatureMatrix sample = FeatureSample.Copy(features, cancellationToken);
        var training = new ContrastiveOptions
        {
            Outputs = outputs,
            Steps = projection.Steps,
            Seed = options.Seed,
            Threads = ThreadCount.Resolve(options.Threads),
        };
        SynchronousProgress<ContrastiveProgress>? steps = progress is null
            ? null
            : new(report => progress.Report(new FitProgress(FitStage.Projection, report.Step, report.Steps)));
        return ContrastiveProjection.Fit(sample, training, steps, cancellationToken) is { } matrix
            ? ProjectionRecord.Of(ProjectionKind.ReConPatch, features.Columns, outputs, matrix) with
            {
                Steps = projection.Steps,
            }
            : null;
    }
}
