using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Generates a sample set of X-ray pictures: a casting with ribs and a bore, as DICOM files of 12 bits, good ones and
/// ones with faint internal defects and their masks, in the layout of MVTec AD. The same options give the same bytes on
/// every machine, and an image depends only on the seed and its own name. Stateless.
/// </summary>
public static class XraySample
{
    /// <summary>The name of the set, which is also the name of its folder.</summary>
    public const string Name = "xray-casting";

    /// <summary>The types of defects, which are also folder names.</summary>
    public static IReadOnlyList<string> Types => XrayCasting.Types;

    /// <summary>Writes FOLDER/xray-casting, a data set for <see cref="Layouts.LabeledDataset"/>.</summary>
    /// <param name="folder">The target folder; created if it is missing. Files of the same set are overwritten.</param>
    /// <param name="options">
    /// The options; null for the default. The test images are a quarter as many good ones as training images and, for
    /// every type of defect, a tenth as many, but at least one.
    /// </param>
    /// <param name="progress">Receives a report after every image, from several threads.</param>
    /// <param name="cancellationToken">Stops between images; images already written are kept.</param>
    /// <exception cref="SemiDefectException">
    /// The folder cannot be written, or holds other images, which would become part of the set.
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
        (string Path, string? Mask, string? Type)[] jobs = [.. JobsFor(options)];
        SampleFiles.RefuseStrangers(
            folder, Name, [.. jobs.Select(job => job.Path), .. jobs.Select(job => job.Mask).OfType<string>()]);
        SampleFiles.WriteAll(jobs, job => Write(folder, job, options.Seed), progress, cancellationToken);
    }

    private static IEnumerable<(string Path, string? Mask, string? Type)> JobsFor(SampleOptions options)
    {
        for (int i = 0; i < options.Count; i++)
        {
            yield return ($"{Name}/train/good/{i:D3}.dcm", null, null);
        }

        for (int i = 0; i < options.TestGoodCount; i++)
        {
            yield return ($"{Name}/test/good/{i:D3}.dcm", null, null);
        }

        foreach (string type in Types)
        {
            for (int i = 0; i < Math.Max(1, options.Count / 10); i++)
            {
                yield return ($"{Name}/test/{type}/{i:D3}.dcm", $"{Name}/ground_truth/{type}/{i:D3}_mask.png", type);
            }
        }
    }

    private static void Write(string folder, (string Path, string? Mask, string? Type) job, ulong seed)
    {
        (ushort[] samples, byte[] mask) = XrayCasting.Render(job.Type, SampleFiles.SeedFor(job.Path, seed));
        AtomicFile.Write(Path.Combine(folder, job.Path), stream => DicomWriter.Write(
            stream, XrayCasting.Side, XrayCasting.Side, XrayCasting.Bits, samples));
        if (job.Mask is not null)
        {
            AtomicFile.Write(Path.Combine(folder, job.Mask), stream => PngWriter.Write(
                stream, XrayCasting.Side, XrayCasting.Side, 1, mask));
        }
    }
}
