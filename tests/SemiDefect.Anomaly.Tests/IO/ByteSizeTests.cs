using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Tests.IO;

public class ByteSizeTests
{
    [Theory]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("4 gib", 4L << 30)]
    [InlineData("1.5G", 3L << 29)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("100", 100)]
    [InlineData("7B", 7)]
    public void Sizes_are_read(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("-1GiB")]
    [InlineData("0")]
    [InlineData("1,5G")]
    [InlineData("many")]
    [InlineData("99999999999999TiB")]
    public void Invalid_sizes_are_rejected(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(1, "0.1KiB")]
    [InlineData(1536, "1.5KiB")]
    [InlineData(64L << 20, "64MiB")]
    [InlineData((5L << 30) + 1, "5.1GiB")]
    public void Sizes_are_written_rounded_up(long bytes, string expected) =>
        Assert.Equal(expected, ByteSize.Format(bytes));
}
