using CsCheck;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public class RegionOfInterestTests
{
    private const int Width = 160;
    private const int Height = 112;
    private const int Side = CellEncoder.Side;
    private const byte Dark = 5;

    [Fact]
    public void A_defect_outside_a_rectangle_is_ignored_and_one_inside_is_localized()
    {
        var region = new RegionOfInterest(27, 13, 96, 72);
        using AnomalyDetector detector = Fit(region);
        Inspection clean = detector.Inspect(Pictures.Texture(Width, Height, 99));
        Gen.Select(Gen.Int[0, Width - 9], Gen.Int[0, Height - 9]).Sample(
            (left, top) =>
            {
                bool isOutside = left + 9 <= 27 || left >= 27 + 96 || top + 9 <= 13 || top >= 13 + 72;
                Inspection inspection =
                    detector.Inspect(Pictures.Texture(Width, Height, 99).With(left, top, 9, 9, Dark));
                if (isOutside)
                {
                    Assert.Equal(clean.Score, inspection.Score);
                    Assert.Equal(clean.Map.Values, inspection.Map.Values);
                }
                else if (left >= 27 && left + 9 <= 27 + 96 && top >= 13 && top + 9 <= 13 + 72)
                {
                    Assert.True(inspection.Score > clean.Score);
                    AssertPeaksNear(inspection, left + 4, top + 4, Side);
                }
            },
            iter: 200);
        AssertZeroOutside(clean, region);
        Assert.Equal((Width, Height), (clean.Map.Width, clean.Map.Height));
    }

    [Fact]
    public void Only_cells_centered_inside_a_mask_are_scored()
    {
        RegionOfInterest region = RegionOfInterest.FromMask(Disk());
        using AnomalyDetector detector = Fit(region);
        Image good = Pictures.Texture(Width, Height, 99);
        Inspection clean = detector.Inspect(good);
        AssertZeroOutside(clean, region);
        int inside = 0;
        int cells = 0;
        for (int top = region.Top; top + Side <= region.Top + region.Height; top += Side)
        {
            for (int left = region.Left; left + Side <= region.Left + region.Width; left += Side)
            {
                cells++;
                Inspection inspection = detector.Inspect(good.With(left, top, Side, Side, Dark));
                if (IsInDisk(left + Side / 2, top + Side / 2))
                {
                    inside++;
                    Assert.True(inspection.Score > clean.Score);
                    Assert.Equal((left + 3.5, top + 3.5), (inspection.HighestPatch.X, inspection.HighestPatch.Y));
                    AssertPeaksNear(inspection, left + 3.5, top + 3.5, Side / 2.0);
                }
                else
                {
                    Assert.Equal(clean.Score, inspection.Score);
                    Assert.Equal(clean.Map.Values, inspection.Map.Values);
                }
            }
        }

        Assert.InRange(inside, 20, cells - 4);
        Assert.Equal(4 * inside, detector.Document.Fit.Patches);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pixels_outside_are_excluded_from_training(bool isMask)
    {
        RegionOfInterest region = isMask ? RegionOfInterest.FromMask(Disk()) : new RegionOfInterest(32, 16, 96, 80);
        using AnomalyDetector detector = Fit(region);

        // A dark corner in every good image would make dark patches normal everywhere if it were included.
        using AnomalyDetector spoiled = Fit(region, image => image.With(0, 0, 30, 14, Dark));
        Assert.Equal(detector.Thresholds.ImageScores, spoiled.Thresholds.ImageScores);
        Assert.Equal(detector.Thresholds.PixelPeaks, spoiled.Thresholds.PixelPeaks);
        Image bad = Pictures.Texture(Width, Height, 99).With(64, 48, Side, Side, Dark);
        Assert.Equal(detector.Inspect(bad).Score, spoiled.Inspect(bad).Score);
        Assert.True(spoiled.Inspect(bad).IsAbnormal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void A_saved_detector_keeps_its_mask(int tile)
    {
        using var folder = new TemporaryFolder();
        RegionOfInterest region = RegionOfInterest.FromMask(Disk());
        FitOptions options = CellFits.Options() with { Region = region, Tile = tile, GoldenImages = 2 };
        using AnomalyDetector fitted = AnomalyDetector.Fit(Pictures.Good(4, Width, Height), options);
        fitted.Save(folder.File("d.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(
            folder.File("d.sdad"), new LoadOptions { Encoder = new CellEncoder() });

        RegionOfInterest kept = loaded.Document.Lanes[0].Views.Region!;
        Assert.Equal(region, kept);
        for (int i = 0; i < Width * Height; i++)
        {
            Assert.Equal(IsInDisk(i % Width, i / Width), kept.Contains(i % Width, i / Width));
        }

        Image bad = Pictures.Texture(Width, Height, 99).With(64, 48, 9, 9, Dark);
        Assert.Equal(fitted.Inspect(bad).Map.Values, loaded.Inspect(bad).Map.Values);
        Assert.Equal(fitted.Inspect(bad).Score, loaded.Inspect(bad).Score);
        Assert.Equal(fitted.Fingerprint, loaded.Fingerprint);
        Assert.Equal(2, loaded.Verify().Images);
        Assert.Equal(0, loaded.Verify().ScoreDeviation);
    }

    [Fact]
    public void Tiles_outside_of_the_mask_do_no_harm()
    {
        // Two corners are marked; the first tile contains neither.
        static bool IsMarked(int x, int y) => (x >= 96 && y < 40) || (x < 64 && y >= 72);
        RegionOfInterest region =
            RegionOfInterest.FromMask(Pictures.Of(Width, Height, (x, y) => IsMarked(x, y) ? 255 : 0));
        using var folder = new TemporaryFolder();
        using AnomalyDetector fitted = AnomalyDetector.Fit(
            Pictures.Good(4, Width, Height), CellFits.Options() with { Region = region, Tile = 64, GoldenImages = 2 });
        fitted.Save(folder.File("d.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(
            folder.File("d.sdad"), new LoadOptions { Encoder = new CellEncoder() });
        Assert.Equal(2, loaded.Verify().Images);
        Assert.Equal(0, loaded.Verify().ScoreDeviation);
        Inspection bad = loaded.Inspect(Pictures.Texture(Width, Height, 99).With(120, 10, 12, 12, Dark));
        Assert.True(bad.IsAbnormal);
        AssertPeaksNear(bad, 125.5, 15.5, 10);
        AssertZeroOutside(bad, region);
    }

    [Fact]
    public void A_detector_whose_mask_was_moved_has_another_fingerprint()
    {
        using AnomalyDetector first = Fit(RegionOfInterest.FromMask(Disk()));
        using AnomalyDetector second = Fit(RegionOfInterest.FromMask(Disk(diameter: 86)));
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
    }

    [Fact]
    public void Mismatched_input_is_refused_with_a_message()
    {
        Refuses(
            "The mask of the region of interest marks no pixel: draw the area to inspect in white on black.",
            () => RegionOfInterest.FromMask(Pictures.Of(20, 10, (_, _) => 0)));
        Refuses(
            "A region of interest of 0 x 5 pixels at (1, 2) is invalid: give left, top, width and height in pixels.",
            () => new RegionOfInterest(1, 2, 0, 5));
        Refuses(
            "A region of interest of 5 x 5 pixels at (-1, 2) is invalid: give left, top, width and height in pixels.",
            () => new RegionOfInterest(-1, 2, 5, 5));
        Refuses(
            "A region of interest of 2147483647 x 5 pixels at (1, 2) is invalid: "
            + "give left, top, width and height in pixels.",
            () => new RegionOfInterest(1, 2, int.MaxValue, 5));
        Refuses(
            "The region of interest (100 x 80 pixels at (61, 30)) does not lie on an image of 160 x 112 pixels.",
            () => Fit(new RegionOfInterest(61, 30, 100, 80)));
        Refuses(
            "The region of interest (100 x 80 pixels at (60, 33)) does not lie on an image of 160 x 112 pixels.",
            () => Fit(new RegionOfInterest(60, 33, 100, 80)));
        Refuses(
            "The mask of the region of interest is for images of 161 x 112 pixels, not 160 x 112.",
            () => Fit(RegionOfInterest.FromMask(Pictures.Of(161, 112, (x, _) => x < 100 ? 255 : 0))));
        Refuses(
            "No patch lies inside the region of interest: make it larger, or raise the working size.",
            () => Fit(RegionOfInterest.FromMask(
                Pictures.Of(Width, Height, (x, y) => x is 0 or 80 && y is 0 or 50 ? 255 : 0))));
    }

    [Fact]
    public void Images_of_two_sizes_cannot_have_one_mask()
    {
        var images = new ImageList(
        [
            .. Enumerable.Range(0, 4).Select(i => ($"{i}", Pictures.Texture(Width, i == 2 ? 104 : Height, (ulong)i))),
        ]);
        Refuses(
            "The mask of the region of interest is for images of 160 x 112 pixels, not 160 x 104.",
            () => AnomalyDetector.Fit(images, CellFits.Options() with { Region = RegionOfInterest.FromMask(Disk()) }));
        using AnomalyDetector detector = Fit(RegionOfInterest.FromMask(Disk()));
        Refuses(
            "The mask of the region of interest is for images of 160 x 112 pixels, not 168 x 112.",
            () => detector.Inspect(Pictures.Texture(168, Height, 1)));

        // A rectangle fits images of any size that is large enough.
        using AnomalyDetector rectangle = AnomalyDetector.Fit(
            images, CellFits.Options() with { Region = new RegionOfInterest(0, 0, Width, 104) });
        Assert.Equal((168, 112), (rectangle.Inspect(Pictures.Texture(168, 112, 1)).Map.Width, 112));
    }

    private static void Refuses(string message, Func<object> action) =>
        Assert.Equal(message, Assert.Throws<SemiDefectException>(action).Message);

    private static AnomalyDetector Fit(RegionOfInterest region, Func<Image, Image>? spoil = null) =>
        AnomalyDetector.Fit(
        new ImageList([.. Enumerable.Range(0, 4).Select(i =>
        {
            Image image = Pictures.Texture(Width, Height, (ulong)i);
            return ($"{i}", spoil?.Invoke(image) ?? image);
        })]),
        CellFits.Options() with { Region = region });

    // Eleven cells across, so that cells and patches coincide.
    private static Image Disk(int diameter = 88) =>
        Pictures.Of(Width, Height, (x, y) => IsInDisk(x, y, diameter) ? 255 : 0);

    private static bool IsInDisk(int x, int y, int diameter = 88) =>
        (2 * x - 163) * (2 * x - 163) + (2 * y - 111) * (2 * y - 111) <= diameter * diameter;

    private static void AssertZeroOutside(Inspection inspection, RegionOfInterest region)
    {
        for (int i = 0; i < Width * Height; i++)
        {
            if (!region.Contains(i % Width, i / Width))
            {
                Assert.Equal(0, inspection.Map.Values[i]);
            }
        }

        Assert.Contains(inspection.Map.Values, value => value > 0);
    }

    private static void AssertPeaksNear(Inspection inspection, double x, double y, double distance)
    {
        int peak = Array.IndexOf(inspection.Map.Values, inspection.Map.Peak);
        Assert.InRange(peak % Width, x - distance, x + distance);
        Assert.InRange(peak / Width, y - distance, y + distance);
    }
}
