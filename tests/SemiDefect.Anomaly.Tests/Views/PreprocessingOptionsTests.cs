using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public class PreprocessingOptionsTests
{
    [Fact]
    public void Options_are_compared_by_value_lists_included()
    {
        var options = new PreprocessingOptions(ResizeKind.Squash, 64, 56, [0.1f, 0.2f, 0.3f], [1, 2, 3]);
        var same = new PreprocessingOptions(ResizeKind.Squash, 64, 56, new List<float> { 0.1f, 0.2f, 0.3f }, [1, 2, 3]);
        Assert.Equal(options, same);
        Assert.Equal(options.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(options, new PreprocessingOptions(ResizeKind.Squash, 64, 56, [0.1f, 0.2f, 0.4f], [1, 2, 3]));
        Assert.NotEqual(options, new PreprocessingOptions(ResizeKind.Squash, 64, 56, [0.1f, 0.2f, 0.3f], [1, 2, 4]));
        Assert.NotEqual(
            options, new PreprocessingOptions(ResizeKind.ShorterSide, 64, 56, [0.1f, 0.2f, 0.3f], [1, 2, 3]));
        Assert.NotEqual(options, new PreprocessingOptions(ResizeKind.Squash, 65, 56, [0.1f, 0.2f, 0.3f], [1, 2, 3]));
        Assert.NotEqual(options, new PreprocessingOptions(ResizeKind.Squash, 64, null, [0.1f, 0.2f, 0.3f], [1, 2, 3]));
    }

    [Fact]
    public void Lists_given_are_copied()
    {
        float[] mean = [0.1f, 0.2f, 0.3f];
        var options = new PreprocessingOptions(mean: mean);
        mean[0] = 9;
        Assert.Equal(0.1f, options.Mean[0]);
    }

    [Fact]
    public void The_default_is_the_reference()
    {
        var options = new PreprocessingOptions();
        Assert.Equal((ResizeKind.ShorterSide, 256, (int?)224), (options.Resize, options.Size, options.Crop));
        Assert.Equal([0.485f, 0.456f, 0.406f], options.Mean);
        Assert.Equal([0.229f, 0.224f, 0.225f], options.Deviation);
    }

    [Theory]
    [InlineData(ResizeKind.None, 256, null)]
    [InlineData(ResizeKind.ShorterSide, 0, null)]
    [InlineData(ResizeKind.ShorterSide, 16_385, null)]
    [InlineData(ResizeKind.Squash, -1, null)]
    [InlineData(ResizeKind.Squash, 224, 225)]
    [InlineData(ResizeKind.None, 0, 0)]
    [InlineData((ResizeKind)9, 256, null)]
    public void Invalid_sizes_are_refused_on_construction(ResizeKind resize, int size, int? crop) =>
        Assert.Throws<SemiDefectException>(() => new PreprocessingOptions(resize, size, crop));

    [Fact]
    public void Invalid_normalization_is_refused_on_construction()
    {
        Assert.Throws<SemiDefectException>(() => new PreprocessingOptions(mean: [0, 0]));
        Assert.Throws<SemiDefectException>(() => new PreprocessingOptions(mean: [0, 0, float.NaN]));
        Assert.Throws<SemiDefectException>(() => new PreprocessingOptions(deviation: [1, 1, 0]));
        Assert.Throws<SemiDefectException>(() => new PreprocessingOptions(deviation: [1, 1, float.PositiveInfinity]));
    }
}
