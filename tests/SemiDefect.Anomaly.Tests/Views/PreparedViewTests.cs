using CsCheck;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public class PreparedViewTests
{
    private const string Transistor = "data/transistor/train/good/TRAIN_000.png";

    [SharedFact]
    public void Resize_256_and_crop_224_equal_torchvision_byte_for_byte()
    {
        (_, byte[] expected) = NpyFile.Read<byte>(Repository.SharedPath("golden/transistor_000_crop_u8.npy"));
        Image image = ImageFile.Read(Repository.SharedPath(Transistor));
        Image crop = InputGeometry.Of(image.Width, image.Height, new PreprocessingOptions()).Cut(image);
        Assert.Equal(expected, crop.Rgb.ToArray());
    }

    [SharedFact]
    public void The_input_tensor_equals_torchvision_to_1e_6()
    {
        (int[] shape, float[] expected) = NpyFile.Read<float>(Repository.SharedPath("golden/transistor_000_input.npy"));
        PreparedView prepared =
            PreparedView.Of(ImageFile.Read(Repository.SharedPath(Transistor)), new PreprocessingOptions());
        Assert.Equal([3, prepared.Height, prepared.Width], shape[^3..]);
        Assert.Equal(expected.Length, prepared.Values.Length);
        Assert.All(expected.Zip(prepared.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    // torchvision 0.14: (width, height, size, crop) to the resized size and the crop's corner, obtained from its
    // transforms.
    [Theory]
    [InlineData(512, 512, 256, 224, 256, 256, 16, 16)]
    [InlineData(640, 480, 256, 224, 341, 256, 58, 16)]
    [InlineData(481, 640, 256, 224, 256, 340, 16, 58)]
    [InlineData(300, 1000, 255, 224, 255, 850, 16, 313)]
    [InlineData(7, 5, 10, 3, 14, 10, 6, 4)]
    public void Sizes_and_corners_follow_torchvision(
        int width,
        int height,
        int size,
        int crop,
        int resizedWidth,
        int resizedHeight,
        int left,
        int top)
    {
        InputGeometry geometry =
            InputGeometry.Of(width, height, new PreprocessingOptions(ResizeKind.ShorterSide, size, crop));
        Assert.Equal(new InputGeometry(width, height, resizedWidth, resizedHeight, left, top, crop, crop), geometry);
    }

    [Fact]
    public void Squashing_and_leaving_alone_need_no_crop()
    {
        Image image = Gradient(30, 20);
        PreparedView squashed = PreparedView.Of(image, new PreprocessingOptions(ResizeKind.Squash, 16, null));
        Assert.Equal((16, 16), (squashed.Width, squashed.Height));
        PreparedView same =
            PreparedView.Of(image, new PreprocessingOptions(ResizeKind.None, 0, null, [0, 0, 0], [1, 1, 1]));
        Assert.Equal((30, 20), (same.Width, same.Height));
        for (int i = 0; i < 600; i++)
        {
            Assert.Equal(image.Rgb[3 * i] / 255f, same.Values[i]);
            Assert.Equal(image.Rgb[3 * i + 1] / 255f, same.Values[600 + i]);
            Assert.Equal(image.Rgb[3 * i + 2] / 255f, same.Values[1200 + i]);
        }
    }

    [Fact]
    public void A_single_pixel_can_be_prepared()
    {
        PreparedView prepared = PreparedView.Of(
            new Image(1, 1, [255, 128, 0]),
            new PreprocessingOptions(ResizeKind.ShorterSide, 8, 4, [0, 0, 0], [1, 1, 1]));
        Assert.All(prepared.Values[..16], value => Assert.Equal(1, value));
        Assert.All(prepared.Values[32..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_crop_that_does_not_fit_is_refused_with_a_clear_message()
    {
        SemiDefectException error = Assert.Throws<SemiDefectException>(
            () => PreparedView.Of(Gradient(30, 20), new PreprocessingOptions(ResizeKind.None, 0, 24)));
        Assert.Contains("crop of 24 x 24", error.Message, StringComparison.Ordinal);
        Assert.Contains("30 x 20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_excessive_input_size_is_refused_before_allocation() =>
        Assert.Throws<SemiDefectException>(
            () => InputGeometry.Of(65_535, 1, new PreprocessingOptions(ResizeKind.ShorterSide, 256, null)));

    [Fact]
    public void A_long_thin_picture_with_a_crop_is_cut_without_making_the_whole()
    {
        PreparedView prepared =
            PreparedView.Of(Gradient(20_000, 1), new PreprocessingOptions(ResizeKind.ShorterSide, 256, 224));
        Assert.Equal(3 * 224 * 224, prepared.Values.Length);
    }

    [Fact]
    public void Points_go_to_the_original_and_back() =>
        Gen.Select(Gen.Int[1, 2000], Gen.Int[1, 2000], Gen.Double[-5, 300], Gen.Double[-5, 300]).Sample(
            (width, height, x, y) =>
            {
                InputGeometry geometry =
                    InputGeometry.Of(width, height, new PreprocessingOptions(ResizeKind.ShorterSide, 64, 56));
                (double originalX, double originalY) = geometry.ToOriginal(x, y);
                (double backX, double backY) = geometry.ToInput(originalX, originalY);
                Assert.Equal(x, backX, 1e-9);
                Assert.Equal(y, backY, 1e-9);
            });

    [Fact]
    public void The_center_of_the_input_is_the_center_of_the_original()
    {
        InputGeometry geometry = InputGeometry.Of(640, 480, new PreprocessingOptions(ResizeKind.Squash, 256, 224));
        Assert.Equal((319.5, 239.5), geometry.ToOriginal(111.5, 111.5));
        Assert.Equal((2.5, 1.875), (geometry.ScaleX, geometry.ScaleY));
    }

    private static Image Gradient(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(i * 7))]);
}
