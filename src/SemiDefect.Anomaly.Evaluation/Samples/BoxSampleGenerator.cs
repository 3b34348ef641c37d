using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Generates a sample data set of one die with boxes in the layout of YOLO: each image has one to eight defects of
/// twelve types, dots more often than others. The same options give the same bytes on every machine, and an image
/// depends only on the seed and its own name. Stateless.
/// </summary>
public static class BoxSampleGenerator
{
    private const string NamesFile = "data.yaml";

    /// <summary>
    /// Writes images/train, images/val, labels/train, labels/val and data.yaml. The good images are in images/train,
    /// without boxes.
    /// </summary>
    /// <param name="folder">The target folder; created if it is missing. Files of the same set are overwritten.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives a report after every image, from several threads.</param>
    /// <param name="cancellationToken">Stops between images; images already written are kept.</param>
    /// <exception cref="SemiDefectException">
    /// The folder cannot be written, or contains other images, which would become part of the set.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static void Write(
        string folder,
        BoxSampleOptions? options = null,
        IProgress<SampleProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new BoxSampleOptions();
        (string Part, string Name, int? GoodIndex)[] jobs =
        [
            .. Enumerable.Range(0, options.Good).Select(i => ("train", Name("good", i), (int?)i)),
            .. Enumerable.Range(0, options.Train).Select(i => ("train", Name("defects", i), (int?)null)),
            .. Enumerable.Range(0, options.Test).Select(i => ("val", Name("defects", i), (int?)null)),
        ];
        SampleFiles.RefuseStrangers(folder, null, [.. jobs.Select(job => $"images/{job.Part}/{job.Name}.png")]);
        DiePattern pattern = LogicDie.Create();
        SampleFiles.WriteAll(
            jobs,
            job => Write(folder, job.Part, job.Name, job.GoodIndex, pattern, options.Seed),
            progress,
            cancellationToken);

        AtomicFile.WriteText(
            Path.Combine(folder, NamesFile),
            "train: images/train\nval: images/val\nnames:\n"
                + string.Concat(DefectMaker.Types.Select((type, i) => $"  {i}: {type}\n")));
    }

    private static void Write(
        string folder, string part, string name, int? goodIndex, DiePattern pattern, ulong seed)
    {
        ulong imageSeed = SampleFiles.SeedFor($"boxes/{part}/{name}.png", seed);
        (byte[] pixels, IReadOnlyList<(string Type, MaskBox Box)> boxes) = goodIndex is { } index
            ? (SampleRenderer.RenderGood(pattern, imageSeed, index).Pixels, [])
            : SampleRenderer.RenderSeveral(pattern, imageSeed);
        AtomicFile.Write(
            Path.Combine(folder, "images", part, $"{name}.png"),
            stream => PngWriter.Write(stream, DiePattern.Size, DiePattern.Size, pattern.IsColor ? 3 : 1, pixels));
        var text = new StringBuilder();
        foreach ((string type, MaskBox box) in boxes)
        {
            int number = DefectMaker.Types.ToList().IndexOf(type);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{number} {(box.Left + box.Right) / 2:R} {(box.Top + box.Bottom) / 2:R} "
                    + $"{box.Right - box.Left:R} {box.Bottom - box.Top:R}\n");
        }

        AtomicFile.WriteText(Path.Combine(folder, "labels", part, $"{name}.txt"), text.ToString());
    }

    private static string Name(string kind, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}-{index:D4}");
}
