using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>JPEG files whose data do not fill their pixels.</summary>
public class JpegCheckTests
{
    private static readonly byte[] End = [0xFF, 0xD9];

    public static TheoryData<string> Jpegs { get; } =
        [.. GoldenImages.Pictures().Where(name => name.EndsWith(".jpg", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void A_file_cut_anywhere_and_ended_is_refused(string name)
    {
        byte[] bytes = File.ReadAllBytes(GoldenImages.Path(name));
        int start = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);

        // In the last scans of a progressive file, zeros say that nothing changes, as they do in sound files.
        int lastScan = bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        int lastZeros = name == "progressive.jpg" ? lastScan : bytes.Length;
        for (int length = start + 2; length < bytes.Length - 3; length++)
        {
            byte[] cut = [.. bytes.AsSpan(0, length), .. End];

            // Half of a stuffed or a marker pair, and a byte of padding, may be missing.
            AssertRefused(cut, $"{name} of {length} of {bytes.Length}");
            if (length < lastZeros)
            {
                AssertRefused(
                    [.. bytes.AsSpan(0, length), .. new byte[bytes.Length - length + 40], .. End],
                    $"{name} of {length} and zeros");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void What_follows_the_end_and_a_few_bytes_before_it_change_nothing(string name)
    {
        byte[] bytes = File.ReadAllBytes(GoldenImages.Path(name));
        byte[] rgb = ImageFile.Decode(bytes, name).Rgb.ToArray();
        Assert.Equal(rgb, ImageFile.Decode((byte[])[.. bytes, .. new byte[1000]], name).Rgb.ToArray());
        Assert.Equal(rgb, ImageFile.Decode((byte[])[.. bytes, .. bytes], name).Rgb.ToArray());
        Assert.Equal(rgb, ImageFile.Decode((byte[])[.. bytes[..^2], 0, 0, 0, 0, .. End], name).Rgb.ToArray());
        AssertRefused([.. bytes[..^2], .. new byte[400], .. End], name);
    }

    [Fact]
    public void A_progressive_file_without_its_last_scans_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(GoldenImages.Path("progressive.jpg"));
        int[] scans =
            [.. Enumerable.Range(0, bytes.Length - 1).Where(i => bytes[i] == 0xFF && bytes[i + 1] == 0xDA)];
        Assert.True(scans.Length > 5);
        foreach (int scan in scans.Skip(1))
        {
            int before = bytes.AsSpan(0, scan).LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
            int end = before > scans[Array.IndexOf(scans, scan) - 1] ? before : scan;
            AssertRefused([.. bytes.AsSpan(0, end), .. End], "its last scans are missing");
        }

        Assert.Null(JpegCheck.FindFault(bytes, (33, 21)));
    }

    [Fact]
    public void A_hole_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(GoldenImages.Path("rgb444.jpg"));
        int start = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]) + 14;
        int refused = 0;
        int tried = 0;
        for (int i = start; i + 200 < bytes.Length; i += 37)
        {
            byte[] holed = [.. bytes];
            holed.AsSpan(i, 160).Clear();
            tried++;
            refused += JpegCheck.FindFault(holed, (33, 21)) is null ? 0 : 1;
        }

        // By chance, garbage may end where it should.
        Assert.True(refused >= tried - 1, $"{refused} of {tried}");
    }

    private static void AssertRefused(byte[] bytes, string what)
    {
        ImageFormatException? error = Record.Exception(() => ImageFile.Decode(bytes, "x.jpg")) as ImageFormatException;
        Assert.True(error is not null, $"{what}: {bytes.Length} bytes were accepted");
        Assert.Contains("is a damaged JPEG image: it", error.Message, StringComparison.Ordinal);
    }
}
