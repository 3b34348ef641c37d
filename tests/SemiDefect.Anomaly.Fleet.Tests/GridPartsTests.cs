using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using CsCheck;
using NATS.Client.Core;
using SemiDefect.Anomaly.Fleet.Fitting;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class GridPartsTests
{
    private const string Header = "Semidefect-Grid";

    [Fact]
    public void Parts_in_any_order_and_repeated_make_the_grid() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 9], Gen.Int[1, 200], Gen.Int[0, 1000])
            .Sample((height, width, dimension, size, seed) =>
            {
                float[] vectors = [.. Enumerable.Range(0, height * width * dimension).Select(i => i * 0.37f - seed)];
                List<(string Text, byte[] Data)> parts = Split(height, width, dimension, vectors, size);
                var order = Enumerable.Range(0, parts.Count).OrderBy(i => (i * 7919 + seed) % 97).ToList();
                order.Insert(0, order[^1]);
                var grid = new GridParts();
                (int, int, int, float[])? last = null;
                foreach (int i in order)
                {
                    last = grid.Add(new NatsHeaders { [Header] = parts[i].Text }, parts[i].Data);
                    if (last is not null)
                    {
                        break;
                    }
                }

                Assert.NotNull(last);
                Assert.Equal((height, width, dimension), (last.Value.Item1, last.Value.Item2, last.Value.Item3));
                Assert.Equal(vectors, last.Value.Item4);
            });

    [Fact]
    public void A_damaged_part_makes_no_grid_and_another_answer_does()
    {
        float[] vectors = [.. Enumerable.Range(0, 60).Select(i => (float)i)];
        List<(string Text, byte[] Data)> parts = Split(3, 4, 5, vectors, 100);
        var grid = new GridParts();
        byte[] damaged = [.. parts[0].Data];
        damaged[3] ^= 1;
        Assert.Null(grid.Add(new NatsHeaders { [Header] = parts[0].Text }, damaged));
        Assert.Null(grid.Add(new NatsHeaders { [Header] = parts[1].Text }, parts[1].Data));
        Assert.Null(grid.Add(new NatsHeaders { [Header] = parts[2].Text }, parts[2].Data));
        foreach ((string text, byte[] data) in parts)
        {
            (int, int, int, float[] Vectors)? got = grid.Add(new NatsHeaders { [Header] = text }, data);
            Assert.Equal(data == parts[^1].Data, got is not null);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 1 1 4 0 0")]
    [InlineData("1 1 1 4 0 0 0")]
    [InlineData("1 1 1 4 0 1 1")]
    [InlineData("1 1 1 5 0 0 1")]
    [InlineData("-1 1 1 4 0 0 1")]
    [InlineData("2000000000 2000000000 2000000000 4 0 0 1")]
    [InlineData("1 1 1 4 0 0 2000000000")]
    public void A_header_that_makes_no_sense_is_ignored(string text) =>
        Assert.Null(new GridParts().Add(new NatsHeaders { [Header] = text }, new byte[4]));

    private static List<(string Text, byte[] Data)> Split(
        int height,
        int width,
        int dimension,
        float[] vectors,
        int size)
    {
        byte[] bytes = MemoryMarshal.AsBytes(vectors.AsSpan()).ToArray();
        byte[][] chunks = [.. bytes.Chunk(size)];
        string sum = XxHash64.HashToUInt64(bytes).ToString("x16", CultureInfo.InvariantCulture);
        return
        [
            .. chunks.Select((chunk, i) =>
                ($"{height} {width} {dimension} {bytes.Length} {sum} {i} {chunks.Length}", chunk)),
        ];
    }
}
