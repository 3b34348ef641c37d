using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Generates a sample data set: images of two dies in the layout of MVTec AD, good ones and ones with twelve types of
/// defects and their masks. The same options give the same bytes on every machine, and an image depends only on the
/// seed and its own name: a larger count adds images and changes none. Stateless.
/// </summary>
public static class SampleGenerator
{
    private static readonly Lazy<DiePattern[]> Patterns = new(() => [LogicDie.Create(), RadioDie.Create()]);

    /// <summary>The names of the dies, which are also the folder names of their data sets.</summary>
    public static IReadOnlyList<string> Dies => [.. Patterns.Value.Select(pattern => pattern.Name)];

    /// <summary>
    /// Writes FOLDER/logic-die and FOLDER/radio-die, each a data set for <see cref="Layouts.LabeledDataset"/>.
    /// </summary>
    /// <param name="folder">The target folder; created if it is missing. Files of the same set are overwritten.</param>
    /// <param name="options">The options; null for those of the committed set.</param>
    /// <param name="progress">Receives a report after every image, from several threads.</param>
    /// <param name="cancellationToken">Stops between images; images already written are kept.</param>
    /// <exception cref="SemiDefectException">
    /// The folder cannot be written, or its die folders contain other images, which would become part of the set.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static void Write(
        string folder,
        SampleOptions? options = null,
        IProgress<SampleProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new SampleOptions();
        Job[] jobs = [.. JobsFor(options)];
        HashSet<string> own =
            [.. jobs.Select(job => job.Path), .. jobs.Select(job => job.MaskPath).OfType<string>()];
        foreach (DiePattern pattern in Patterns.Value)
        {
            SampleFiles.RefuseStrangers(folder, pattern.Name, own);
        }

        SampleFiles.WriteAll(jobs, job => Write(folder, job, options.Seed), progress, cancellationToken);
    }

    private static IEnumerable<Job> JobsFor(SampleOptions options)
    {
        foreach (DiePattern pattern in Patterns.Value)
        {
            for (int i = 0; i < options.Count; i++)
            {
                yield return new Job(pattern, $"{pattern.Name}/train/good/{i:D3}.png", TrainIndex: i);
            }

            for (int i = 0; i < options.TestGoodCount; i++)
            {
                yield return new Job(pattern, $"{pattern.Name}/test/good/{i:D3}.png");
            }

            foreach (string type in DefectMaker.Types)
            {
                for (int i = 0; i < options.DefectCount; i++)
                {
                    yield return new Job(
                        pattern,
                        $"{pattern.Name}/test/{type}/{i:D3}.png",
                        $"{pattern.Name}/ground_truth/{type}/{i:D3}_mask.png",
                        type);
                }
            }
        }
    }

    private static void Write(string folder, Job job, ulong seed)
    {
        ulong imageSeed = SampleFiles.SeedFor(job.Path, seed);
        SampleImage image = job.Defect is null
            ? SampleRenderer.RenderGood(job.Pattern, imageSeed, job.TrainIndex)
            : SampleRenderer.RenderDefect(job.Pattern, job.Defect, imageSeed);
        WritePng(Path.Combine(folder, job.Path), job.Pattern.IsColor ? 3 : 1, image.Pixels);
        if (image.Mask is not null)
        {
            WritePng(Path.Combine(folder, job.MaskPath!), 1, image.Mask);
        }
    }

    private static void WritePng(string path, int channels, byte[] pixels) =>
        AtomicFile.Write(path, stream => PngWriter.Write(stream, DiePattern.Size, DiePattern.Size, channels, pixels));

    private sealed record Job(
        DiePattern Pattern,
        string Path,
        string? MaskPath = null,
        string? Defect = null,
        int? TrainIndex = null);
}
