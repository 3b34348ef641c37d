using CsCheck;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public class InputGeometryTests
{
    [Fact]
    public void A_point_of_the_original_comes_back_from_the_input()
    {
        Gen.Select(Geometries, Gen.Double[-50, 500], Gen.Double[-50, 500]).Sample((geometry, x, y) =>
        {
            (double inputX, double inputY) = geometry.ToInput(x, y);
            (double backX, double backY) = geometry.ToOriginal(inputX, inputY);
            Assert.Equal(x, backX, 1e-9);
            Assert.Equal(y, backY, 1e-9);
        });
    }

    [Fact]
    public void What_is_inspected_are_the_pixels_whose_centers_lie_in_the_input()
    {
        Gen.Select(Geometries, Gen.Int[0, 400], Gen.Int[0, 400]).Sample((geometry, x, y) =>
        {
            (int left, int top, int width, int height) = geometry.Inspected();
            (x, y) = (x % geometry.OriginalWidth, y % geometry.OriginalHeight);
            (double inputX, double inputY) = geometry.ToInput(x, y);
            bool isInside = inputX >= -0.5
                && inputX < geometry.InputWidth - 0.5
                && inputY >= -0.5
                && inputY < geometry.InputHeight - 0.5;
            Assert.True(!isInside || (x >= left && x < left + width && y >= top && y < top + height));
        });
        var plan = new PreprocessingOptions(ResizeKind.ShorterSide, 32, crop: null);
        Assert.Equal((0, 0, 333, 77), InputGeometry.Of(333, 77, plan).Inspected());
        Assert.Equal(
            (16, 0, 64, 64),
            InputGeometry.Of(96, 64, new PreprocessingOptions(ResizeKind.ShorterSide, 32, crop: 32)).Inspected());
    }

    [Fact]
    public void The_input_begins_and_ends_where_its_region_does()
    {
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[1, 64]).Sample(
            (width, height, left, top, size) =>
            {
                var plan = new ViewPlan
                {
                    Preprocessing = new PreprocessingOptions(ResizeKind.Squash, size, crop: null),
                    Region = new RegionOfInterest(left, top, width, height),
                };
                InputGeometry canvas = plan.Canvas(left + width + 7, top + height + 3);
                (double x, double y) = canvas.ToOriginal(-0.5, -0.5);
                Assert.Equal(left - 0.5, x, 1e-9);
                Assert.Equal(top - 0.5, y, 1e-9);
                (x, y) = canvas.ToOriginal(size - 0.5, size - 0.5);
                Assert.Equal(left + width - 0.5, x, 1e-9);
                Assert.Equal(top + height - 0.5, y, 1e-9);
            });
    }

    [Fact]
    public void Without_resizing_a_region_is_a_shift_by_whole_pixels()
    {
        var plan = new ViewPlan
        {
            Preprocessing = new PreprocessingOptions(ResizeKind.None, 0, crop: null),
            Region = new RegionOfInterest(30, 20, 100, 80),
        };
        InputGeometry canvas = plan.Canvas(200, 150);
        Assert.Equal((100, 80), (canvas.InputWidth, canvas.InputHeight));
        Assert.Equal((37, 31), canvas.ToOriginal(7, 11));
        Assert.Equal((7, 11), canvas.ToInput(37, 31));
    }

    [Fact]
    public void A_window_shows_the_same_points_as_the_whole()
    {
        Gen.Select(Geometries, Gen.Int[0, 40], Gen.Int[0, 40], Gen.Double[0, 20], Gen.Double[0, 20]).Sample(
            (geometry, left, top, x, y) =>
            {
                (double wholeX, double wholeY) = geometry.ToOriginal(left + x, top + y);
                (double windowX, double windowY) = geometry.Window(left, top, 20, 20).ToOriginal(x, y);
                Assert.Equal(wholeX, windowX, 1e-9);
                Assert.Equal(wholeY, windowY, 1e-9);
            });
    }

    private static Gen<InputGeometry> Geometries { get; } =
        from region in Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[1, 300], Gen.Int[1, 300])
        from resized in Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300])
        from crop in Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30])
        from isWhole in Gen.Bool
        select new InputGeometry(
            region.Item1 + region.Item3 + 5,
            region.Item2 + region.Item4 + 9,
            resized.Item1,
            resized.Item2,
            crop.Item1,
            crop.Item2,
            64,
            64,
            isWhole ? 0 : region.Item1,
            isWhole ? 0 : region.Item2,
            isWhole ? 0 : region.Item3,
            isWhole ? 0 : region.Item4);
}
