using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;

namespace SemiDefect.Anomaly.Tests.Detection;

public class TileTests
{
    private const int Width = 64 + 3 * 48;
    private const int Height = 64 + 2 * 48;
    private const byte Dark = 5;

    [Theory]
    [InlineData(64, 0)]
    [InlineData(64, 16)]
    [InlineData(112, 16)]
    [InlineData(160, 80)]
    public void Tiles_of_whole_patches_give_the_score_and_the_map_of_one_look(int tile, int overlap)
    {
        // For these sizes, all tiles start at multiples of the patch size.
        using AnomalyDetector whole = Fit(CellFits.Options());
        using AnomalyDetector tiled = Fit(CellFits.Options() with { Tile = tile, TileOverlap = overlap });
        Assert.Equal(whole.Thresholds.ImageScores, tiled.Thresholds.ImageScores);
        for (int i = 0; i < 6; i++)
        {
            Image image = Pictures.Texture(Width, Height, (ulong)(50 + i)).With(20 + 29 * i, 9 + 21 * i, 11, 13, Dark);
            Inspection expected = whole.Inspect(image);
            Inspection actual = tiled.Inspect(image);
            Assert.Equal(expected.Score, actual.Score);
            AssertClose(expected.InputMap, actual.InputMap, 1e-5 * expected.InputMap.Peak);
            Assert.Equal((expected.HighestPatch.X, expected.HighestPatch.Y),
                (actual.HighestPatch.X, actual.HighestPatch.Y));
            Assert.Equal(expected.IsAbnormal, actual.IsAbnormal);
        }
    }

    [Theory]
    [InlineData(64, 16, 0.05)]
    [InlineData(160, 80, 0.05)]
    public void Interpolated_and_blurred_maps_of_tiles_differ_near_seams_by_little(
        int tile, int overlap, double tolerance)
    {
        FitOptions options = CellFits.Options() with { Map = new AnomalyMapOptions() };
        using AnomalyDetector whole = Fit(options);
        using AnomalyDetector tiled =
            Fit(options with { Encoder = new CellEncoder(), Tile = tile, TileOverlap = overlap });
        for (int left = 30; left < 80; left += 7)
        {
            Image image = Pictures.Texture(Width, Height, 77).With(left, 52, 13, 11, Dark);
            Inspection expected = whole.Inspect(image);
            AssertClose(expected.InputMap, tiled.Inspect(image).InputMap, tolerance * expected.InputMap.Peak);
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(21)]
    [InlineData(27)]
    public void Tiles_that_cut_patches_elsewhere_see_the_same_smooth_anomaly(int overlap)
    {
        const int Across = 300;
        const int Down = 210;
        ImageList good = Pictures.Plain(5, Across, Down);
        FitOptions options = CellFits.Options() with { Map = new AnomalyMapOptions() };
        using AnomalyDetector whole = AnomalyDetector.Fit(good, options);
        using AnomalyDetector tiled = AnomalyDetector.Fit(
            good, options with { Encoder = new CellEncoder(), Tile = 64, TileOverlap = overlap });
        Image image = Pictures.Of(Across, Down, (x, y) =>
            102 + (int)Math.Round(120 * Math.Exp(-((x - 140) * (x - 140) + (y - 95) * (y - 95)) / 1800.0)));
        Inspection expected = whole.Inspect(image);
        Inspection actual = tiled.Inspect(image);
        Assert.InRange(actual.Score / expected.Score, 0.95, 1.05);
        AssertClose(expected.InputMap, actual.InputMap, 0.1 * expected.InputMap.Peak);
    }

    [Fact]
    public void A_defect_on_a_seam_is_one_region_at_its_place()
    {
        FitOptions options = CellFits.Options() with { Map = new AnomalyMapOptions() };
        using AnomalyDetector tiled = Fit(options with { Tile = 64, TileOverlap = 16 });

        // Tiles start at 0, 48 and 96, and end at 64, 112 and 160: the defect moves across all of their edges.
        for (int at = 36; at < 120; at += 3)
        {
            Inspection inspection =
                tiled.Inspect(Pictures.Texture(Width, Height, 60).With(at, Math.Min(at, 130), 14, 14, Dark));
            Assert.True(inspection.IsAbnormal);
            Region region = Assert.Single(inspection.Regions);
            Assert.InRange(region.CentroidX, at + 6.5 - 5, at + 6.5 + 5);
            Assert.InRange(region.CentroidY, at + 6.5 - 5, at + 6.5 + 5);
        }
    }

    [Fact]
    public void No_seam_shows_on_a_good_image()
    {
        // The same patch everywhere: any difference on the map comes from the tiles.
        Image plain = Pictures.Of(Width, Height, (_, _) => 140);
        ImageList good = Pictures.Plain(4, Width, Height);
        using AnomalyDetector tiled = AnomalyDetector.Fit(
            good, CellFits.Options() with { Map = new AnomalyMapOptions(), Tile = 72, TileOverlap = 24 });
        float[] values = tiled.Inspect(plain).InputMap.Values;
        Assert.InRange(values.Max() - values.Min(), 0, 1e-5 * values.Max());
        Assert.True(values.Min() > 0.1);
    }

    private static AnomalyDetector Fit(FitOptions options) =>
        AnomalyDetector.Fit(Pictures.Good(4, Width, Height), options with { Encoder = new CellEncoder() });

    private static void AssertClose(AnomalyMap expected, AnomalyMap actual, double tolerance)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        for (int i = 0; i < expected.Values.Length; i++)
        {
            double difference = Math.Abs((double)expected.Values[i] - actual.Values[i]);
            Assert.True(
                difference <= tolerance,
                $"({i % expected.Width}, {i / expected.Width}): {actual.Values[i]} instead of {expected.Values[i]}");
        }
    }
}
