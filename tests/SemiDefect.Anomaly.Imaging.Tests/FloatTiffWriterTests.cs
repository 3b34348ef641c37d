using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using CsCheck;
using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class FloatTiffWriterTests
{
    [Fact]
    public void LibTiff_reads_back_the_same_values() =>
        (from width in Gen.Int[1, 300]
         from height in Gen.Int[1, 150]
         from values in Gen.Float.Array[width * height]
         select (width, height, values)).Sample(
            t =>
            {
                byte[] file = Write(t.width, t.height, t.values);
                using Tiff tiff = Tiff.ClientOpen("written", "r", file, new MemoryTiffStream(file));
                Assert.Equal(3, tiff.GetField(TiffTag.SAMPLEFORMAT)[0].ToInt());
                Assert.Equal(
                    (t.width, t.height),
                    (tiff.GetField(TiffTag.IMAGEWIDTH)[0].ToInt(), tiff.GetField(TiffTag.IMAGELENGTH)[0].ToInt()));
                byte[] row = new byte[tiff.ScanlineSize()];
                for (int y = 0; y < t.height; y++)
                {
                    Assert.True(tiff.ReadScanline(row, y));
                    Assert.Equal(MemoryMarshal.AsBytes(t.values.AsSpan(y * t.width, t.width)).ToArray(), row);
                }
            },
            iter: 100);

    [Fact]
    public void The_same_values_give_the_same_bytes()
    {
        byte[] file = Write(3, 2, [0, 1, -2.5f, float.NaN, 1e30f, 5]);
        Assert.Equal(file, Write(3, 2, [0, 1, -2.5f, float.NaN, 1e30f, 5]));

        // Header, directory, resolution, strip table and 24 bytes of values.
        Assert.Equal(8 + 2 + 13 * 12 + 4 + 8 + 8 + 24, file.Length);
    }

    [Fact]
    public void Mismatched_sizes_are_rejected()
    {
        Assert.Throws<ArgumentException>(() => Write(2, 2, [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(0, 2, []));
    }

    private static byte[] Write(int width, int height, float[] values)
    {
        using var stream = new MemoryStream();
        FloatTiffWriter.Write(stream, width, height, values);
        return stream.ToArray();
    }
}
