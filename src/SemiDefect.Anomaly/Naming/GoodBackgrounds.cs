using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Naming;

/// <summary>The good images to paste defects into. Thread-safe if the source is.</summary>
internal sealed class GoodBackgrounds
{
    private readonly IImageSource? _source;
    private readonly IReadOnlyList<Image> _kept;

    private GoodBackgrounds(IImageSource? source, IReadOnlyList<Image> kept) => (_source, _kept) = (source, kept);

    /// <summary>The number of images; 0 if there is none to paste into.</summary>
    public int Count => _source?.Count ?? _kept.Count;

    /// <summary>The images given, or those that the detector keeps whole.</summary>
    public static GoodBackgrounds Of(IImageSource? given, DetectorBundle bundle, IReadOnlyList<Lane> lanes) =>
        given is not null
            ? new GoodBackgrounds(given, [])
            : new GoodBackgrounds(null, [.. bundle.Golden.Select(golden => WholeOf(golden, lanes)).OfType<Image>()]);

    /// <summary>Reads an image.</summary>
    public Image Read(int index, CancellationToken cancellationToken) =>
        _source?.Read(index, cancellationToken) ?? _kept[index];

    // Of the finest lane, brought back to the size of the original; nothing if a crop or a region left some of it out.
    private static Image? WholeOf(GoldenInput golden, IReadOnlyList<Lane> lanes)
    {
        (int width, int height) = (golden.Record.OriginalWidth, golden.Record.OriginalHeight);
        if (width == 0)
        {
            return null;
        }

        IReadOnlyList<Image> canvases = GoldenSet.CanvasesOf(golden);
        int finest = Enumerable.Range(0, canvases.Count).MaxBy(i => (long)canvases[i].Width * canvases[i].Height);
        InputGeometry canvas = lanes[finest].Plan.Canvas(width, height);
        return canvas.RegionWidth == 0
            && canvas.InputWidth == canvas.ResizedWidth
            && canvas.InputHeight == canvas.ResizedHeight
                ? PillowBilinear.Resize(canvases[finest], width, height)
                : null;
    }
}
