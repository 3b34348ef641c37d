using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The command-line options for the views of images in a fit.</summary>
internal sealed class ViewOptionSet
{
    private readonly Option<string?> _scales = new("--scales")
    {
        Description = "Inspect images at several working sizes, each with its own memory bank. By default, two sizes "
            + "are chosen from the size of the images; --resize, --scales or a preset fixes them.",
        HelpName = "N,M",
    };

    private readonly Option<int?> _tile = new("--tile")
    {
        Description = "Inspect images in tiles of N x N pixels at the working size; 0 for whole images.",
        HelpName = "N",
    };

    private readonly Option<int?> _tileOverlap = new("--tile-overlap")
    {
        Description = "The minimum overlap of neighboring tiles in pixels; by default, an eighth of a tile.",
        HelpName = "M",
    };

    private readonly Option<int?> _turns = new("--turns")
    {
        Description = "Also train on good images rotated by multiples of 90 (4) or 45 (8) degrees; 0 for none. By "
            + "default, as many as the good images themselves show, if they are few and the working sizes are "
            + "automatic.",
        HelpName = "0|4|8",
    };

    private readonly Option<bool> _flips = new("--flips") { Description = "Also train on mirrored good images." };

    private readonly Option<string?> _brightness = new("--brightness")
    {
        Description = "Also train on good images at these factors of their brightness, for a line whose light changes.",
        HelpName = "0.8,1.2",
    };

    private readonly Option<FewImagesMode?> _fewImages = new("--few-images")
    {
        Description = "What to do with 16 good images or fewer: auto learns quarter turns of fewer than 8, keeps all "
            + "patches up to the limit of the memory bank, and scores a single image by its own turned copies; off "
            + "fits as with more images.",
        HelpName = "auto|off",
    };

    private readonly Option<string?> _region = new("--roi")
    {
        Description = "The region of interest: a rectangle in image pixels, or a mask image of the same size, black "
            + "where to ignore. Everything outside is excluded from training and scoring.",
        HelpName = "LEFT,TOP,WIDTH,HEIGHT|MASK",
    };

    private readonly Option<bool?> _whitening = new("--whitening")
    {
        Description = "Whether patch scores take into account how much the patches of the good images vary in each "
            + "direction: true (for each network and size where it reduces the spread of the good images' "
            + "scores) or false.",
        HelpName = "true|false",
    };

    private readonly Option<string?> _projection = new("--projection")
    {
        Description = "Learn a linear projection of patches to N values on the good images alone: reconpatch (by "
            + "contrast), pca (principal components), whiten (the same with equal variances), or none. Without N, 128 "
            + "values. Turns --whitening off unless it is given as well.",
        HelpName = "reconpatch[:N]|pca[:N]|whiten[:N]|none",
    };

    private readonly Option<int?> _projectionSteps = new("--projection-steps")
    {
        Description = "The number of training steps of --projection reconpatch (default: 1000).",
        HelpName = "N",
    };

    private readonly Option<double?> _smoothing = new("--smoothing")
    {
        Description = "The standard deviation, in patches, of the Gaussian that smooths patch scores; 0 for none.",
        HelpName = "SIGMA",
    };

    private readonly Option<FusionRule?> _fusion = new("--fusion")
    {
        Description = "How the scores of several scales or backbones are combined: softmaximum, mean or maximum.",
    };

    /// <summary>All options; none of them applies to an existing detector.</summary>
    public Option[] All =>
    [
        _scales, _tile, _tileOverlap, _turns, _flips, _brightness, _fewImages, _region, _whitening, _projection,
        _projectionSteps, _smoothing, _fusion,
    ];

    /// <summary>Reads the options, with the preset's values as defaults.</summary>
    /// <exception cref="UsageException">A value is invalid.</exception>
    public FitOptions Read(ParseResult parsed, FitOptions options)
    {
        int tile = parsed.GetValue(_tile) ?? options.Tile;
        ProjectionOptions? projection = Projection(parsed, options.Projection);
        return options with
        {
            Scales = parsed.GetValue(_scales) is { } scales ? [.. Numbers("--scales", scales)] : options.Scales,
            Tile = tile,
            TileOverlap = parsed.GetValue(_tileOverlap) ?? tile / 8,
            Turns = parsed.GetValue(_turns) ?? options.Turns,
            Flips = parsed.GetValue(_flips) || options.Flips,
            Brightness = parsed.GetValue(_brightness) is { } factors ? Factors(factors) : options.Brightness,
            FewImages = parsed.GetValue(_fewImages) is { } few ? few == FewImagesMode.Auto : options.FewImages,
            Region = parsed.GetValue(_region) is { } region ? Region(region, options.ImageLimits) : options.Region,
            Whitening = parsed.GetValue(_whitening) ?? (projection is null && options.Whitening),
            Projection = projection,
            Fusion = parsed.GetValue(_fusion) ?? options.Fusion,
            Scoring = options.Scoring with
            {
                Smoothing = parsed.GetValue(_smoothing) ?? options.Scoring.Smoothing,
            },
        };
    }

    private ProjectionOptions? Projection(ParseResult parsed, ProjectionOptions? preset)
    {
        ProjectionOptions? projection =
            parsed.GetValue(_projection) is { } text ? ProjectionOptions.Parse(text) : preset;
        return parsed.GetValue(_projectionSteps) is not { } steps ? projection
            : projection is { Kind: ProjectionKind.ReConPatch } ? projection with { Steps = steps }
            : throw new UsageException("--projection-steps goes with --projection reconpatch only: leave it out.");
    }

    private static RegionOfInterest Region(string text, ImageLimits limits)
    {
        if (File.Exists(text))
        {
            // As a mask, in which any value above 0 marks, at any depth.
            (byte[] values, int across, int down) =
                MaskDecoder.Decode(ImageFile.ReadBytes(text, limits), text, limits);
            return RegionOfInterest.FromMask(
                new Image(across, down, [.. values.SelectMany(value => new[] { value, value, value })]));
        }

        int[] numbers = [.. Numbers("--roi", text, " or an existing mask image")];
        return numbers is [int left, int top, int width, int height]
            ? new RegionOfInterest(left, top, width, height)
            : throw new UsageException(
                $"--roi must be left, top, width and height in pixels, or an existing mask image, not '{text}'.");
    }

    private static double[] Factors(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor)
                ? factor
                : throw new UsageException($"--brightness must be factors separated by commas, not '{text}'.")),
    ];

    private static IEnumerable<int> Numbers(string option, string text, string orElse = "") =>
        text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new UsageException(
                    $"{option} must be numbers of pixels separated by commas,{orElse} not '{text}'."));
}
