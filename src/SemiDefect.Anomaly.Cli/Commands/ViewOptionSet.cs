using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The options of how a fit looks at images, on the command line.</summary>
internal sealed class ViewOptionSet
{
    private readonly Option<string?> _scales = new("--scales")
    {
        Description = "Look at images at several working sizes, each with a memory bank of its own.",
        HelpName = "N,M",
    };

    private readonly Option<int?> _tile = new("--tile")
    {
        Description = "Look at images in tiles of N x N pixels of the working size; 0 for all at once.",
        HelpName = "N",
    };

    private readonly Option<int?> _tileOverlap = new("--tile-overlap")
    {
        Description = "By how many pixels neighboring tiles overlap at least; an eighth of a tile unless given.",
        HelpName = "M",
    };

    private readonly Option<int?> _turns = new("--turns")
    {
        Description = "Learn good images in 4 or 8 turns as well; 0 for as they are.",
        HelpName = "0|4|8",
    };

    private readonly Option<bool> _flips = new("--flips") { Description = "Learn good images mirrored as well." };

    private readonly Option<string?> _region = new("--roi")
    {
        Description = "The region of interest: a rectangle in pixels of the images, or a picture of their size, not black where to look. "
            + "What lies outside is neither learned nor judged.",
        HelpName = "LEFT,TOP,WIDTH,HEIGHT|MASK",
    };

    private readonly Option<FusionRule?> _fusion = new("--fusion")
    {
        Description = "How the scores of several scales or backbones become one: mean or maximum.",
    };

    /// <summary>All options, none of which a detector that is there already can take.</summary>
    public Option[] All => [_scales, _tile, _tileOverlap, _turns, _flips, _region, _fusion];

    /// <summary>The options that the user asked for; the preset's elsewhere.</summary>
    /// <exception cref="UsageException">A value cannot be read.</exception>
    public FitOptions Read(ParseResult parsed, FitOptions options)
    {
        int tile = parsed.GetValue(_tile) ?? options.Tile;
        return options with
        {
            Scales = parsed.GetValue(_scales) is { } scales ? [.. Numbers("--scales", scales)] : options.Scales,
            Tile = tile,
            TileOverlap = parsed.GetValue(_tileOverlap) ?? tile / 8,
            Turns = parsed.GetValue(_turns) ?? options.Turns,
            Flips = parsed.GetValue(_flips) || options.Flips,
            Region = parsed.GetValue(_region) is { } region ? Region(region, options.ImageLimits) : options.Region,
            Fusion = parsed.GetValue(_fusion) ?? options.Fusion,
        };
    }

    private static RegionOfInterest Region(string text, ImageLimits limits)
    {
        if (File.Exists(text))
        {
            return RegionOfInterest.FromMask(ImageFile.Read(text, limits));
        }

        int[] numbers = [.. Numbers("--roi", text, " or a mask picture that exists")];
        return numbers is [int left, int top, int width, int height]
            ? new RegionOfInterest(left, top, width, height)
            : throw new UsageException($"--roi takes left, top, width and height in pixels, or a mask picture that exists, not '{text}'.");
    }

    private static IEnumerable<int> Numbers(string option, string text, string orElse = "") =>
        text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new UsageException($"{option} takes numbers of pixels, separated by commas,{orElse} not '{text}'."));
}
