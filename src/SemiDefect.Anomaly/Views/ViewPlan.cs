using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// The views of an image: the whole image at a working size, or overlapping tiles of it; and the turns and
/// brightness of good images for training. Immutable and thread-safe; invalid values are rejected when set.
/// </summary>
public sealed record ViewPlan
{
    private const int SmallestTile = 64;

    /// <summary>
    /// How the image, or its region of interest, is resized to the working size, and how it is normalized.
    /// </summary>
    public required PreprocessingOptions Preprocessing { get; init; }

    /// <summary>
    /// The side of a tile in pixels at the working size, 64 to 16384; 0 for no tiling.
    /// </summary>
    public int Tile
    {
        get;
        init => field = value is 0 or (>= SmallestTile and <= PreprocessingOptions.MaxSize)
            ? value
            : throw new SemiDefectException(
                $"A tile must be 0 (none) or {SmallestTile} to {PreprocessingOptions.MaxSize} pixels, not {value}.");
    }

    /// <summary>The minimum overlap of neighboring tiles in pixels; at most half a tile.</summary>
    public int TileOverlap
    {
        get;
        init =>
            field = value >= 0
                ? value
                : throw new SemiDefectException($"The overlap of tiles must be 0 or more, not {value}.");
    }

    /// <summary>
    /// The turns of good images for training: 0 (none), 4 (quarter turns) or 8 (multiples of 45 degrees).
    /// </summary>
    public int Turns
    {
        get;
        init =>
            field = value is 0 or 4 or 8
                ? value
                : throw new SemiDefectException($"Good images are learned in 0, 4 or 8 turns, not {value}.");
    }

    /// <summary>Whether training also uses mirrored good images.</summary>
    public bool Flips { get; init; }

    /// <summary>Factors of brightness at which good images are learned as well; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BrightnessFactors? Brightness { get; init; }

    /// <summary>The region of interest; null for the whole image.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegionOfInterest? Region { get; init; }

    /// <summary>The number of variants of each view used for training, including the unchanged one.</summary>
    [JsonIgnore]
    public int LearnedTurns => (1 + FurtherTurns().Count()) * (1 + (Brightness?.Hundredths.Count ?? 0));

    /// <summary>Checks the options against each other.</summary>
    /// <exception cref="SemiDefectException">The options contradict each other; the message says what to
    /// do.</exception>
    public void Validate()
    {
        if (Tile == 0 && TileOverlap > 0)
        {
            throw new SemiDefectException("An overlap of tiles was given, but no tile size: give --tile as well.");
        }

        if (Tile > 0 && TileOverlap > Tile / 2)
        {
            throw new SemiDefectException(
                $"Tiles of {Tile} pixels can overlap by {Tile / 2} pixels at most, not {TileOverlap}.");
        }

        if (Tile > 0 && Preprocessing.Crop is not null)
        {
            throw new SemiDefectException("Tiles cover the whole image, a crop does not: leave out --crop or --tile.");
        }
    }

    /// <summary>The geometry of an image's map, which contains all of its views.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <exception cref="SemiDefectException">The image does not fit the plan.</exception>
    public InputGeometry Canvas(int width, int height)
    {
        if (Region is null)
        {
            return InputGeometry.Of(width, height, Preprocessing, isTiled: Tile > 0);
        }

        Region.RequireFits(width, height);
        return InputGeometry.Of(Region.Width, Region.Height, Preprocessing, isTiled: Tile > 0) with
        {
            OriginalWidth = width,
            OriginalHeight = height,
            RegionLeft = Region.Left,
            RegionTop = Region.Top,
            RegionWidth = Region.Width,
            RegionHeight = Region.Height,
        };
    }

    /// <summary>
    /// The views used to score an image: the whole canvas, or its tiles from the top left, row by row.
    /// </summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <exception cref="SemiDefectException">The image does not fit the plan.</exception>
    public IReadOnlyList<View> ToInspect(int width, int height)
    {
        InputGeometry canvas = Canvas(width, height);
        if (Tile == 0)
        {
            return [new View(canvas, ViewTurn.None, Region)];
        }

        return
        [
            .. from y in Starts(canvas.InputHeight)
               from x in Starts(canvas.InputWidth)
               let window = canvas.Window(x, y, Math.Min(Tile, canvas.InputWidth), Math.Min(Tile, canvas.InputHeight))
               select new View(window, ViewTurn.None, Region),
        ];
    }

    /// <summary>
    /// The views used to train on a good image: those used for scoring, then their turned variants, then all of these
    /// at each further brightness.
    /// </summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <exception cref="SemiDefectException">The image does not fit the plan.</exception>
    public IReadOnlyList<View> ToLearn(int width, int height)
    {
        IReadOnlyList<View> views = ToInspect(width, height);
        View[] turned = [.. views, .. from turn in FurtherTurns() from view in views select view with { Turn = turn }];
        return
        [
            .. turned,
            .. from hundredths in Brightness?.Hundredths ?? []
               from view in turned
               select view with { Brightness = hundredths },
        ];
    }

    private IEnumerable<ViewTurn> FurtherTurns() =>
        from flip in Flips ? (bool[])[false, true] : [false]
        from turn in Enumerable.Range(0, Math.Max(1, Turns))
        let further = new ViewTurn(turn * 360 / Math.Max(1, Turns), flip)
        where further != ViewTurn.None
        select further;

    // The smallest number of tiles with sufficient overlap, evenly spaced.
    private int[] Starts(int size)
    {
        if (size <= Tile)
        {
            return [0];
        }

        int step = Tile - TileOverlap;
        int count = (size - TileOverlap + step - 1) / step;
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * (size - Tile) / (count - 1)))];
    }
}

/// <summary>The purpose of views.</summary>
internal enum ViewPurpose
{
    /// <summary>Scoring an image.</summary>
    Inspect,

    /// <summary>Training on a good image, with additional turned views.</summary>
    Learn,
}
