using CsCheck;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public class ViewPlanTests
{
    private static readonly PreprocessingOptions AsTheyAre = new(ResizeKind.None, 0, crop: null);

    [Fact]
    public void Tiles_cover_every_pixel_and_overlap_as_asked_and_touch_the_borders()
    {
        Gen<(int Tile, int Overlap)> tiles =
            from tile in Gen.Int[64, 200]
            from overlap in Gen.Int[0, tile / 2]
            select (tile, overlap);
        Gen.Select(tiles, Gen.Int[1, 900], Gen.Int[1, 900]).Sample((tile, width, height) =>
        {
            var plan = new ViewPlan { Preprocessing = AsTheyAre, Tile = tile.Tile, TileOverlap = tile.Overlap };
            plan.Validate();
            IReadOnlyList<View> views = plan.ToInspect(width, height);
            (int Start, int Length)[] columns =
                [.. views.Select(view => (view.Geometry.CropLeft, view.Width)).Distinct()];
            (int Start, int Length)[] rows = [.. views.Select(view => (view.Geometry.CropTop, view.Height)).Distinct()];
            Assert.Equal(columns.Length * rows.Length, views.Count);
            AssertCovers(columns, width, tile.Tile, tile.Overlap);
            AssertCovers(rows, height, tile.Tile, tile.Overlap);
            int[] order = [.. views.Select(view => view.Geometry.CropTop * width + view.Geometry.CropLeft)];
            Assert.Equal(order.Order(), order);
        });
    }

    [Fact]
    public void No_more_tiles_are_made_than_needed()
    {
        Gen.Select(Gen.Int[64, 200], Gen.Int[0, 32], Gen.Int[1, 900]).Sample((tile, overlap, width) =>
        {
            var plan = new ViewPlan { Preprocessing = AsTheyAre, Tile = tile, TileOverlap = overlap };
            int fewest = 1;
            while (fewest * tile - (fewest - 1) * overlap < width)
            {
                fewest++;
            }

            Assert.Equal(fewest, plan.ToInspect(width, 64).Count);
        });
    }

    [Fact]
    public void Tiles_lie_in_the_region_of_interest()
    {
        var plan = new ViewPlan
        {
            Preprocessing = AsTheyAre,
            Tile = 64,
            TileOverlap = 16,
            Region = new RegionOfInterest(50, 30, 200, 150),
        };
        IReadOnlyList<View> views = plan.ToInspect(400, 300);
        Assert.Equal((50, 30), views[0].ToOriginal(0, 0));
        Assert.Equal((249, 179), views[^1].ToOriginal(63, 63));
    }

    [Theory]
    [InlineData(0, false, 1)]
    [InlineData(0, true, 2)]
    [InlineData(4, false, 4)]
    [InlineData(4, true, 8)]
    [InlineData(8, false, 8)]
    [InlineData(8, true, 16)]
    public void Training_uses_the_scoring_views_first_and_then_their_turns(int turns, bool flips, int learned)
    {
        var plan = new ViewPlan { Preprocessing = AsTheyAre, Tile = 64, TileOverlap = 8, Turns = turns, Flips = flips };
        IReadOnlyList<View> inspected = plan.ToInspect(150, 100);
        IReadOnlyList<View> views = plan.ToLearn(150, 100);
        Assert.Equal(learned, plan.LearnedTurns);
        Assert.Equal(learned * inspected.Count, views.Count);
        Assert.Equal(inspected, views.Take(inspected.Count));
        Assert.Equal(views.Count, views.Distinct().Count());
        Assert.All(views.Chunk(inspected.Count), chunk =>
        {
            Assert.Single(chunk.Select(view => view.Turn).Distinct());
            Assert.Equal(inspected.Select(view => view.Geometry), chunk.Select(view => view.Geometry));
        });
        int step = 360 / Math.Max(1, turns);
        Assert.All(views, view => Assert.True(view.Turn.Degrees % step == 0 && (flips || !view.Turn.Flip)));
    }

    [Fact]
    public void Impossible_values_are_refused_in_words()
    {
        Refuses("A tile must be 0 (none) or 64 to 16384 pixels, not 63.", () => Plan(tile: 63));
        Refuses("A tile must be 0 (none) or 64 to 16384 pixels, not 16385.", () => Plan(tile: 16385));
        Refuses("The overlap of tiles must be 0 or more, not -1.", () => Plan(tile: 64, overlap: -1));
        Refuses("Good images are learned in 0, 4 or 8 turns, not 2.", () => Plan() with { Turns = 2 });
        Refuses(
            "An overlap of tiles was given, but no tile size: give --tile as well.",
            () => Plan(overlap: 8).Validate());
        Refuses("Tiles of 65 pixels can overlap by 32 pixels at most, not 33.", () => Plan(65, 33).Validate());
        Refuses(
            "Tiles cover the whole image, a crop does not: leave out --crop or --tile.",
            () => (Plan(64) with { Preprocessing = new PreprocessingOptions() }).Validate());
        Plan(65, 32).Validate();
        Plan(16384).Validate();
    }

    private static ViewPlan Plan(int tile = 0, int overlap = 0) =>
        new() { Preprocessing = AsTheyAre, Tile = tile, TileOverlap = overlap };

    private static void Refuses(string message, Action action) =>
        Assert.Equal(message, Assert.Throws<SemiDefectException>(action).Message);

    private static void Refuses(string message, Func<ViewPlan> make) => Refuses(message, () => { _ = make(); });

    private static void AssertCovers((int Start, int Length)[] parts, int total, int tile, int overlap)
    {
        Assert.Equal(0, parts[0].Start);
        Assert.Equal(total, parts[^1].Start + parts[^1].Length);
        Assert.All(parts, part => Assert.Equal(Math.Min(tile, total), part.Length));
        for (int i = 1; i < parts.Length; i++)
        {
            Assert.True(parts[i].Start > parts[i - 1].Start, "Tiles do not advance.");
            Assert.True(
                parts[i - 1].Start + parts[i - 1].Length - parts[i].Start >= overlap,
                $"Tiles at {parts[i - 1].Start} and {parts[i].Start} overlap by less than {overlap}.");
        }
    }
}
