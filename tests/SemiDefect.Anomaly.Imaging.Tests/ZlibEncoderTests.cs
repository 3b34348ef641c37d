using System.IO.Compression;
using System.Security.Cryptography;
using CsCheck;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class ZlibEncoderTests
{
    [Fact]
    public void The_runtime_unpacks_what_was_packed() =>
        (from length in Gen.Int[0, 3000]
         from values in Gen.OneOf(Gen.Byte, Gen.Byte[7, 7], Gen.Byte[0, 3]).Array[length]
         select values).Sample(values => Assert.Equal(values, Unpack(ZlibEncoder.Compress(values))), iter: 300);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32767)]
    [InlineData(32768)]
    [InlineData(32769)]
    [InlineData(300_000)]
    public void Noise_repeats_and_skewed_bytes_of_many_blocks_survive(int length)
    {
        var generator = new SeededGenerator(5);
        byte[] noise = [.. Enumerable.Range(0, length).Select(_ => (byte)generator.NextUInt64())];
        byte[] repeats = [.. Enumerable.Range(0, length).Select(i => noise[i % Math.Min(length, 32768 - 300 + i / 5000)])];

        // Bytes as rare as 2^-n ask for codes longer than the format allows.
        byte[] skewed = [.. Enumerable.Range(0, length).Select(_ => (byte)System.Numerics.BitOperations.LeadingZeroCount(generator.NextUInt64()))];
        foreach (byte[] data in (byte[][])[noise, repeats, skewed, new byte[length]])
        {
            Assert.Equal(data, Unpack(ZlibEncoder.Compress(data)));
        }
    }

    [Fact]
    public void It_packs_about_as_tightly_as_the_runtime()
    {
        byte[] data = Skewed(200_000);
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(data);
        }

        Assert.InRange(ZlibEncoder.Compress(data).Length, 0, packed.Length * 1.02);
        Assert.InRange(ZlibEncoder.Compress(new byte[1 << 20]).Length, 0, 1100);
    }

    [Fact]
    public void The_packed_bytes_are_the_same_in_every_version_and_on_every_machine() =>
        Assert.Equal("86CD3DC8662156334A9BC9D02EBECB04CCBA8BDA66615CAA9CED88E87B84EEDD", Convert.ToHexString(SHA256.HashData(ZlibEncoder.Compress(Skewed(100_000)))));

    private static byte[] Skewed(int length)
    {
        var generator = new SeededGenerator(11);
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
        {
            data[i] = i >= 300 && generator.NextInt32(9) != 0 ? data[i - 300] : (byte)System.Numerics.BitOperations.PopCount(generator.NextUInt64());
        }

        return data;
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var unpacked = new MemoryStream();
        using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        stream.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
