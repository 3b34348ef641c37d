using System.Text;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

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
        RefuseStrangers(folder, jobs);
        int done = 0;
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        try
        {
            Parallel.ForEach(jobs, parallel, job =>
            {
                Write(folder, job, options.Seed);
                progress?.Report(new SampleProgress(Interlocked.Increment(ref done), jobs.Length));
            });
        }
        catch (AggregateException errors) when (errors.InnerException is SemiDefectException error)
        {
            throw new SemiDefectException(error.Message, error);
        }
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
        ulong imageSeed = SeedFor(job.Path, seed);
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

    /// <summary>FNV-1a (Fowler, Noll and Vo) of the path, plus the seed, scrambled.</summary>
    internal static ulong SeedFor(string path, ulong seed)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(path))
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return new SeededGenerator(hash + seed).NextUInt64();
    }

    private static void RefuseStrangers(string folder, Job[] jobs)
    {
        HashSet<string> own = [.. jobs.Select(job => job.Path), .. jobs.Select(job => job.MaskPath).OfType<string>()];
        foreach (string name in Patterns.Value.Select(pattern => pattern.Name))
        {
            string dieFolder = Path.Combine(folder, name);
            if (Directory.Exists(dieFolder)
                && ImageFolder.ListImages(dieFolder)
                    .Items.FirstOrDefault(item => !own.Contains($"{name}/{item.RelativePath}")) is { } stranger)
            {
                throw new SemiDefectException(
                    $"'{stranger.FullPath}' is not part of this sample set; choose an empty folder or remove "
                        + $"'{dieFolder}' first.");
            }
        }
    }

    private sealed record Job(
        DiePattern Pattern,
        string Path,
        string? MaskPath = null,
        string? Defect = null,
        int? TrainIndex = null);
}
