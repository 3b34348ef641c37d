using System.Buffers.Binary;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>
/// The kinds of files of docs/images.md, made by make_kinds.py: what is read is what Pillow reads, pixel by pixel; what
/// is not is refused by what it is.
/// </summary>
public class KindsTests
{
    private static readonly string Folder = GoldenImages.Path("kinds");

    public static TheoryData<string> Read { get; } =
        [.. Names().Where(name => File.Exists(Path.Combine(Folder, name + ".rgb")))];

    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "cut.jpg", "is a damaged JPEG image" },
        { "lzma.tif", "compression LZMA, which is not supported" },
        { "webp-alpha.tif", "WebP with 4 samples of 8 bits, which is not supported" },
        { "cielab.tif", "CIELAB colors" },
        { "float.tif", "samples of 32 bits" },
        { "int32.tif", "samples of 32 bits" },
    };

    /// <summary>All of them.</summary>
    public static TheoryData<string> All { get; } = [.. Names()];

    [Theory]
    [MemberData(nameof(Read))]
    public void A_kind_that_is_read_equals_Pillow(string name)
    {
        byte[] truth = File.ReadAllBytes(Path.Combine(Folder, name + ".rgb"));
        Image image = ImageFile.Read(Path.Combine(Folder, name));
        Assert.Equal(
            (BinaryPrimitives.ReadInt32LittleEndian(truth), BinaryPrimitives.ReadInt32LittleEndian(truth.AsSpan(4))),
            (image.Width, image.Height));
        Assert.Equal(truth[8..], image.Rgb.ToArray());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_kind_that_is_not_read_is_refused_by_what_it_is(string name, string expected)
    {
        string message = Assert.Throws<ImageFormatException>(
            () => ImageFile.Read(Path.Combine(Folder, name))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_is_in_one_of_the_lists() => Assert.Equal(
        Names(),
        Enumerable.Concat<object[]>(Read, Refused).Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Folder)
            .Select(path => Path.GetFileName(path))
            .Where(ImageFile.HasImageExtension)
            .Order(StringComparer.Ordinal);
}
