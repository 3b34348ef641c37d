using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// How an image is looked at: as a whole at a working size, or in overlapping tiles of it; and how good images are
/// turned to learn from. Immutable and thread-safe; impossible values are refused when set.
/// </summary>
public sealed record ViewPlan
{
    private const int SmallestTile = 64;

    /// <summary>
    /// How the image, or its region of interest, is brought to its working size, and how it is normalized.
    /// </summary>
    public required PreprocessingOptions Preprocessing { get; init; }

    /// <summary>
    /// The side of a tile in pixels of the working size, 64 to 16384; 0 to look at everything at once.
    /// </summary>
    public int Tile
    {
        get;
        init => field = value is 0 or (>= SmallestTile and <= PreprocessingOptions.MaxSize)
            ? value
            : throw new SemiDefectException(
                $"A tile must be 0 (none) or {SmallestTile} to {PreprocessingOptions.MaxSize} pixels, not {value}.");
    }

    /// <summary>By how many pixels neighboring tiles overlap at least; at most half a tile.</summary>
    public int TileOverlap
    {
        get;
        init =>
            field = value >= 0
                ? value
                : throw new SemiDefectException($"The overlap of tiles must be 0 or more, not {value}.");
    }

    /// <summary>
    /// Turns in which good images are learned: 0 (as they are), 4 (quarter turns) or 8 (multiples of 45 degrees).
    /// </summary>
    public int Turns
    {
        get;
        init =>
            field = value is 0 or 4 or 8
                ? value
                : throw new SemiDefectException($"Good images are learned in 0, 4 or 8 turns, not {value}.");
    }

    /// <summary>Whether good images are learned mirrored as well.</summary>
    public bool Flips { get; init; }

    /// <summary>The region of interest; null for all of the image.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegionOfInterest? Region { get; init; }

    /// <summary>In how many turns, the image as it is among them, every view of a good image is learned.</summary>
    [JsonIgnore]
    public int LearnedTurns => 1 + FurtherTurns().Count();

    /// <summary>Refuses combinations that cannot work.</summary>
    /// <exception cref="SemiDefectException">There is one; the message says what to do.</exception>
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
            throw new SemiDefectException("Tiles look at everything, a crop does not: leave out --crop or --tile.");
        }
    }

    /// <summary>Where the map of an image lies: everything that the views of it show.</summary>
    /// <param name="width">Pixels per row of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <exception cref="SemiDefectException">The image does not fit the plan.</exception>
    public InputGeometry Canvas(int width, int height)
    {
        if (Region is null)
        {
            return Preprocessor.Plan(width, height, Preprocessing, isTiled: Tile > 0);
        }

        Region.RequireFits(width, height);
        return Preprocessor.Plan(Region.Width, Region.Height, Preprocessing, isTiled: Tile > 0) with
        {
            OriginalWidth = width,
            OriginalHeight = height,
            RegionLeft = Region.Left,
            RegionTop = Region.Top,
            RegionWidth = Region.Width,
            RegionHeight = Region.Height,
        };
    }

    /// <summary>The views that judge an image: the whole canvas, or tiles of it from the top left, row by
    /// row.</summary>
    /// <param name="width">Pixels per row of the image.</param>
    /// <param name="height">Rows of the image.</param>
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

    /// <summary>The views that a good image is learned by: those that judge it first, then each of them
    /// turned.</summary>
    /// <param name="width">Pixels per row of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <exception cref="SemiDefectException">The image does not fit the plan.</exception>
    public IReadOnlyList<View> ToLearn(int width, int height)
    {
        IReadOnlyList<View> views = ToInspect(width, height);
        return [.. views, .. from turn in FurtherTurns() from view in views select view with { Turn = turn }];
    }

    private IEnumerable<ViewTurn> FurtherTurns() =>
        from flip in Flips ? (bool[])[false, true] : [false]
        from turn in Enumerable.Range(0, Math.Max(1, Turns))
        let further = new ViewTurn(turn * 360 / Math.Max(1, Turns), flip)
        where further != ViewTurn.None
        select further;

    // The fewest tiles that overlap enough, spread evenly.
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
