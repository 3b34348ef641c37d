using System.Text;
using CsCheck;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class ImageFileTests
{
    public static TheoryData<string> Pictures { get; } = [.. GoldenImages.Pictures()];

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Decoding_equals_Pillow_byte_for_byte(string name)
    {
        (int[] shape, byte[] expected) = NpyFile.Read<byte>(GoldenImages.Path(name + ".npy"));
        Image actual = ImageFile.Read(GoldenImages.Path(name));
        Assert.Equal((shape[1], shape[0]), (actual.Width, actual.Height));
        Assert.Equal(expected, actual.Rgb.ToArray());
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    [Trait("Speed", "Slow")]
    public void A_truncated_file_is_rejected_or_complete(string name)
    {
        byte[] bytes = File.ReadAllBytes(GoldenImages.Path(name));
        byte[] whole = ImageFile.Decode(bytes, name).Rgb.ToArray();
        int refused = 0;
        for (int length = 0; length < bytes.Length; length++)
        {
            try
            {
                Assert.Equal(whole, ImageFile.Decode(bytes.AsMemory(0, length), name).Rgb.ToArray());
            }
            catch (ImageFormatException)
            {
                refused++;
            }
        }

        // For several pages, the first one is enough; otherwise, everything but padding is needed.
        Assert.True(
            refused >= (name == "pages.tif" ? bytes.Length / 4 : bytes.Length - 8),
            $"{refused} of {bytes.Length} lengths refused");
    }

    [Theory]
    [InlineData("turned.jpg")]
    [InlineData("turned.webp")]
    public void All_orientations_of_EXIF_are_applied(string name)
    {
        byte[] bytes = File.ReadAllBytes(GoldenImages.Path(name));

        // The entry: tag 0x0112, type 3, one value. Pillow writes EXIF in little or big endian order.
        int little = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x12, 0x01, 3, 0, 1, 0, 0, 0]);
        int value = little >= 0
            ? little + 8
            : bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x01, 0x12, 0, 3, 0, 0, 0, 1]) + 9;
        Assert.Equal(6, bytes[value]);
        bytes[value] = 1;
        Image stored = ImageFile.Decode(bytes, name);
        for (byte orientation = 2; orientation <= 8; orientation++)
        {
            bytes[value] = orientation;
            Image upright = ImageFile.Decode(bytes, name);
            Image expected = Orientation.Apply(stored.Width, stored.Height, stored.Rgb.ToArray(), orientation);
            Assert.Equal((expected.Width, expected.Height), (upright.Width, upright.Height));
            Assert.Equal(expected.Rgb.ToArray(), upright.Rgb.ToArray());
        }
    }

    // Stored: three rows of two pixels, "AB", "CD", "EF".
    [Theory]
    [InlineData(0, "AB CD EF")]
    [InlineData(1, "AB CD EF")]
    [InlineData(2, "BA DC FE")]
    [InlineData(3, "FE DC BA")]
    [InlineData(4, "EF CD AB")]
    [InlineData(5, "ACE BDF")]
    [InlineData(6, "ECA FDB")]
    [InlineData(7, "FDB ECA")]
    [InlineData(8, "BDF ACE")]
    [InlineData(9, "AB CD EF")]
    public void Each_orientation_has_the_meaning_defined_by_EXIF(int orientation, string expected)
    {
        ushort[] letters = [.. "ABCDEF".Select(letter => (ushort)letter)];
        byte[] exif =
            [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] png = new TestPng
        {
            Width = 2,
            Height = 3,
            Depth = 8,
            ColorType = 0,
            Samples = letters,
            Exif = exif,
        }.Encode();
        byte[] tiff = new TestTiff { Width = 2, Height = 3, Samples = letters }.With(274, 3, (uint)orientation)
            .Encode();
        Assert.Equal(expected, Letters(ImageFile.Decode(png, "turned.png")));
        Assert.Equal(expected, Letters(ImageFile.Decode(tiff, "turned.tif")));
    }

    [Fact]
    public void Samples_of_16_bits_are_rounded_by_257()
    {
        for (int v = 0; v <= 65_535; v++)
        {
            Assert.Equal((byte)Math.Round(v / 257.0), Samples.FromUInt16(v));
        }
    }

    [Fact]
    public void Every_kind_of_PNG_is_decoded() =>
        (from width in Gen.Int[1, 20]
         from height in Gen.Int[1, 20]
         from kind in Gen.OneOf(
             (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8),
             (4, 8), (4, 16), (6, 8), (6, 16))
         from interlaced in Gen.Bool
         from filters in Gen.Int[0, 4].Array[1, 5]
         from piece in Gen.OneOf(1, 7, int.MaxValue)
         from palette in Gen.Byte.Array[3 << Math.Min(kind.Item2, 8)]
         from samples in Gen.UShort[0, (ushort)((1 << kind.Item2) - 1)]
             .Array[width * height * (kind.Item1 switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 })]
         select new TestPng
         {
             Width = width,
             Height = height,
             ColorType = kind.Item1,
             Depth = kind.Item2,
             Interlaced = interlaced,
             Filters = filters,
             PieceLength = piece,
             Palette = kind.Item1 == 3 ? palette : null,
             Samples = samples,
         }).Sample(
            png =>
            {
                Image image = ImageFile.Decode(png.Encode(), "made.png");
                Assert.Equal((png.Width, png.Height), (image.Width, image.Height));
                Assert.Equal(png.Expected(), image.Rgb.ToArray());
            },
            iter: 2000);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Every_kind_of_TIFF_is_decoded() =>
        (from width in Gen.Int[1, 40]
         from height in Gen.Int[1, 40]
         from photometric in Gen.Int[0, 2]
         from depth in Gen.OneOf(1, 2, 4, 8, 16)
         from extra in Gen.Int[0, 2]
         from separate in Gen.Bool
         from order in Gen.OneOf("classic little", "classic big", "BigTIFF")
         from tile in Gen.OneOf(0, 16, 32)
         from rows in Gen.Int[1, 40]
         from samples in Gen.UShort[0, (ushort)((1 << depth) - 1)]
             .Array[width * height * ((photometric == 2 ? 3 : 1) + extra)]
         select new TestTiff
         {
             Width = width,
             Height = height,
             Photometric = photometric,
             Depth = depth,
             SamplesPerPixel = (photometric == 2 ? 3 : 1) + extra,
             Separate = separate,
             BigEndian = order == "classic big",
             Big = order == "BigTIFF",
             Tile = tile,
             RowsPerStrip = rows,
             Samples = samples,
         }).Sample(
            tiff =>
            {
                Image image = ImageFile.Decode(tiff.Encode(), "made.tif");
                Assert.Equal((tiff.Width, tiff.Height), (image.Width, image.Height));
                bool isColor = tiff.Photometric == 2 || (tiff.Photometric == 1 && tiff.SamplesPerPixel == 3);
                for (int i = 0; i < image.Rgb.Length; i++)
                {
                    int sample = tiff.Samples[i / 3 * tiff.SamplesPerPixel + (isColor ? i % 3 : 0)];
                    byte expected = (byte)Math.Round(sample * 255.0 / ((1 << tiff.Depth) - 1));
                    Assert.Equal(tiff.Photometric == 0 ? (byte)(255 - expected) : expected, image.Rgb[i]);
                }
            },
            iter: 2000);

    [Fact]
    public void Premultiplied_colors_are_divided_by_alpha()
    {
        byte[] bytes = new TestTiff
        {
            Width = 3,
            Height = 1,
            Photometric = 2,
            SamplesPerPixel = 4,
            Samples = [50, 100, 20, 100, 9, 8, 7, 0, 1, 2, 3, 255],
        }
            .With(338, 3, 1).Encode();
        Assert.Equal([127, 255, 51, 9, 8, 7, 1, 2, 3], ImageFile.Decode(bytes, "alpha.tif").Rgb.ToArray());
    }

    [Fact]
    public void The_format_is_detected_from_the_content_not_the_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("picture.png");
        File.Copy(GoldenImages.Path("rgb444.jpg"), path);
        Assert.Equal(ImageFile.Read(GoldenImages.Path("rgb444.jpg")).Rgb.ToArray(), ImageFile.Read(path).Rgb.ToArray());
    }

    [Theory]
    [InlineData("a.JPG", true)]
    [InlineData("x/y.Tiff", true)]
    [InlineData("b.webp", true)]
    [InlineData("c.gif", false)]
    [InlineData("png", false)]
    [InlineData("", false)]
    public void Extensions_are_recognized_in_either_case(string path, bool expected) =>
        Assert.Equal(expected, ImageFile.HasImageExtension(path));

    [Fact]
    public void Decoding_on_many_threads_gives_the_same_bytes()
    {
        (byte[] Bytes, byte[] Expected, string Name)[] files =
            [
                .. GoldenImages.Pictures().Select(name =>
                    (
                        File.ReadAllBytes(GoldenImages.Path(name)),
                        ImageFile.Read(GoldenImages.Path(name)).Rgb.ToArray(),
                        name))
            ];
        Parallel.For(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            (byte[] bytes, byte[] expected, string name) = files[i % files.Length];
            Assert.Equal(expected, ImageFile.Decode(bytes, name).Rgb.ToArray());
        });
    }

    private static string Letters(Image image)
    {
        var text = new StringBuilder();
        for (int y = 0; y < image.Height; y++)
        {
            text.Append(y == 0 ? "" : " ");
            for (int x = 0; x < image.Width; x++)
            {
                text.Append((char)image.Rgb[3 * (y * image.Width + x)]);
            }
        }

        return text.ToString();
    }
}
