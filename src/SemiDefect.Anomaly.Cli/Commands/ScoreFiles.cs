using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>Writes the files of each scored image. Thread-safe.</summary>
/// <param name="Heatmaps">The folder for overlays, or null.</param>
/// <param name="SideBySide">Whether to place the image beside its overlay.</param>
/// <param name="Masks">The folder for masks, or null.</param>
/// <param name="Raw">The folder for raw maps, or null.</param>
/// <param name="RawFormat">The format of the raw maps.</param>
/// <param name="Reading">How images that are not at hand are read for their overlays.</param>
internal sealed record ScoreFiles(
    string? Heatmaps,
    bool SideBySide,
    string? Masks,
    string? Raw,
    RawFormat RawFormat,
    ImageReading Reading)
{
    private const string LegendName = "legend.svg";

    /// <summary>What is written, and the folder it goes to.</summary>
    public IEnumerable<(string What, string Folder)> Folders =>
        new[] { ("heatmaps", Heatmaps), ("masks", Masks), ("maps", Raw) }
            .Where(one => one.Item2 is not null)
            .Select(one => (one.Item1, one.Item2!));

    /// <summary>Writes the legend of the heatmaps beside them, for the pixel threshold of the detector.</summary>
    public void WriteLegend(double pixelThreshold)
    {
        if (Heatmaps is not null)
        {
            AtomicFile.WriteText(Path.Combine(Heatmaps, LegendName), HeatmapLegend.ToSvg(pixelThreshold));
        }
    }

    /// <summary>Writes the requested files.</summary>
    /// <param name="item">The image.</param>
    /// <param name="inspection">What was found.</param>
    /// <param name="decoded">Returns the decoded image for its overlay; null to read the file again.</param>
    public void Write(ScoreItem item, Inspection inspection, Func<int, Image>? decoded = null)
    {
        if (Heatmaps is not null)
        {
            Image overlay = HeatmapRenderer.Render(
                decoded?.Invoke(inspection.Index) ?? Read(item),
                inspection.Map,
                (float)inspection.PixelThreshold,
                new HeatmapOptions { SideBySide = SideBySide, Geometry = inspection.Geometry });
            Write(
                Heatmaps,
                item,
                ".png",
                stream => PngWriter.Write(stream, overlay.Width, overlay.Height, 3, overlay.Rgb));
        }

        AnomalyMap map = inspection.Map;
        if (Masks is not null)
        {
            byte[] mask = map.ToMask(inspection.PixelThreshold);
            for (int i = 0; i < mask.Length; i++)
            {
                mask[i] *= 255;
            }

            Write(Masks, item, ".png", stream => PngWriter.Write(stream, map.Width, map.Height, 1, mask));
        }

        if (Raw is not null && RawFormat == RawFormat.Npy)
        {
            Write(Raw, item, ".npy", stream => NpyFile.Write<float>(stream, map.Values, map.Height, map.Width));
        }
        else if (Raw is not null)
        {
            Write(Raw, item, ".tiff", stream => FloatTiffWriter.Write(stream, map.Width, map.Height, map.Values));
        }
    }

    private Image Read(ScoreItem item) =>
        ImageFile.Read(item.FullPath, item.Page is { } page ? Reading with { Page = page } : Reading);

    private static void Write(string folder, ScoreItem item, string extension, Action<Stream> write) =>
        AtomicFile.Write(Path.Combine(folder, item.OutputName + extension), write);
}
