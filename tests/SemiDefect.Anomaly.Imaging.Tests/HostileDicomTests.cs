using System.Diagnostics;
using System.Globalization;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>DICOM files that lie: each is decoded or refused, within bounds of memory and time.</summary>
public class HostileDicomTests
{
    private const int Mutations = 600;
    private const int MostBytes = 16 << 20;
    private const string Switch = "SEMIDEFECT_MUTATIONS";
    private const uint Undefined = uint.MaxValue;

    private static readonly IntensityRange[] Ranges =
    [
        IntensityRange.Full, IntensityRange.FileWindow, IntensityRange.Window(0, 99), IntensityRange.Percentiles(1, 9),
    ];

    // 42 files x 600 are more than 20,000.
    [Theory]
    [MemberData(nameof(DicomTests.All), MemberType = typeof(DicomTests))]
    [Trait("Speed", "Slow")]
    public void A_damaged_file_is_decoded_or_rejected_with_a_one_line_message(string name) => Mutilate(
        name,
        int.Parse(Environment.GetEnvironmentVariable(Switch) ?? $"{Mutations}", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("nested.dcm")]
    [InlineData("rle-frames.dcm")]
    [InlineData("jpeg-12.dcm")]
    public void A_few_damaged_files_are_decoded_or_rejected(string name) => Mutilate(name, 100);

    [Fact]
    public void Lengths_that_lie_are_rejected_without_allocating_memory()
    {
        foreach (uint length in (uint[])[0x7FFF_FFFF, 0xFFFF_FFFE, 0x8000_0000, 100_000])
        {
            Refuses(new TestDicom { PixelLength = length }.Encode(), "ends too early");
        }

        Refuses(new TestDicom { PixelLength = Undefined }.Encode(), "has fragments");
        Refuses(new TestDicom { Rows = 65_535, Columns = 65_535 }.Encode(), "limit of 200000000");
        Refuses(new TestDicom { Rows = 14_000, Columns = 14_000 }.Encode(), "ends too early");
        Refuses(new TestDicom { Rows = 0 }.Encode(), "0 pixels");
        Refuses(new TestDicom { Frames = "65535" }.Encode(), "ends too early");
        Refuses(new TestDicom { Frames = "2147483648" }.Encode(), "65535 are supported");
        Refuses(new TestDicom { Frames = "-1" }.Encode(), "65535 are supported");
        Refuses(new TestDicom { Frames = "1e999" }.Encode(), "no valid number of frames");
        Refuses(new TestDicom { Frames = "NaN" }.Encode(), "no valid number of frames");
        Refuses(new TestDicom { Rows = 2 }.Encode(), "more pixels than its header says");
        Refuses(new TestDicom { BitsStored = 17 }.Encode(), "samples of 17 bits");
        Refuses(new TestDicom { HighBit = 3 }.Encode(), "uses 12 bits below bit 4");
        Refuses(new TestDicom { Slope = "0" }.Encode(), "slope of 0");
        Refuses(new TestDicom { Slope = "1e13" }.Encode(), "no valid rescale slope");
        Refuses(new TestDicom { Syntax = "1.2.840.10008.1.2.5" }.Encode(), "no fragments");
        Refuses(new TestDicom { Syntax = "Geheim" }.Encode(), "(no valid number)");
        Refuses(new TestDicom { Syntax = "" }.Encode(), "its transfer syntax");
        Assert.NotNull(ImageFile.Decode(new TestDicom().Encode(), "x"));
    }

    [Fact]
    public void Sequences_nested_deep_are_rejected()
    {
        foreach (int depth in (int[])[40, 10_000])
        {
            Refuses(new TestDicom { Extra = Nested(depth) }.Encode(), "is nested more than 32 levels deep");
        }

        Assert.NotNull(ImageFile.Decode(new TestDicom { Extra = Nested(30) }.Encode(), "x"));
        Refuses(new TestDicom { Extra = Nested(30)[..^4] }.Encode(), string.Empty);

        // Many small items: linear in the length of the file.
        var items = new MemoryStream();
        items.Write(TestDicom.Element(0x0040_0275, "SQ", Undefined, []));
        for (int i = 0; i < 400_000; i++)
        {
            items.Write(TestDicom.Item(0xFFFE_E000, 0, []));
        }

        items.Write(TestDicom.Item(0xFFFE_E0DD, 0, []));
        var watch = Stopwatch.StartNew();
        Assert.NotNull(ImageFile.Decode(new TestDicom { Extra = items.ToArray() }.Encode(), "x"));
        Assert.True(watch.ElapsedMilliseconds < 5_000, $"{watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void Compressed_frames_that_would_expand_too_far_are_rejected_before_memory_is_allocated()
    {
        byte[] header = new byte[64];
        header[0] = 2;
        header[4] = 64;
        header[8] = 64;
        foreach ((string syntax, byte[] fragment) in new[]
        {
            ("1.2.840.10008.1.2.5", (byte[])[.. header, 0x81, 7, 0x81, 7]),
            ("1.2.840.10008.1.2.4.70", [0xFF, 0xD8, 0xFF, 0xD9, 0, 0, 0, 0]),
        })
        {
            Refuses(
                new TestDicom { Syntax = syntax, Rows = 14_000, Columns = 14_000, Fragments = [[], fragment] }.Encode(),
                "ends too early");
            Refuses(new TestDicom { Syntax = syntax, Fragments = [[], fragment] }.Encode(), "damaged DICOM image");
        }

        // Zeros that look like codes, for a frame of the size that they could be of.
        byte[] zeros = new byte[5_000];
        header.CopyTo(zeros, 0);
        Refuses(
            new TestDicom { Syntax = "1.2.840.10008.1.2.5", Rows = 300, Columns = 400, Fragments = [[], zeros] }
                .Encode(),
            "cannot be decompressed");
    }

    [Fact]
    public void A_table_of_offsets_that_leads_nowhere_is_rejected()
    {
        byte[] piece = new byte[200];
        foreach (byte[] table in (byte[][])[[], [1, 0, 0, 0, 9, 0, 0, 0], [0, 0, 0, 0, 255, 255, 255, 255]])
        {
            byte[] file = new TestDicom
            {
                Syntax = "1.2.840.10008.1.2.4.70",
                Frames = "2",
                Fragments = [table, piece, piece, piece],
            }.Encode();
            string message = Assert.Throws<ImageFormatException>(
                () => ImageFile.Decode(file, "x", new ImageReading { Page = 2 })).Message;
            Assert.Contains("table of offsets", message, StringComparison.Ordinal);
        }
    }

    private static byte[] Nested(int depth)
    {
        var bytes = new MemoryStream();
        for (int i = 0; i < depth; i++)
        {
            bytes.Write(TestDicom.Element(0x0040_0275, "SQ", Undefined, []));
            bytes.Write(TestDicom.Item(0xFFFE_E000, Undefined, []));
        }

        for (int i = 0; i < depth; i++)
        {
            bytes.Write(TestDicom.Item(0xFFFE_E00D, 0, []));
            bytes.Write(TestDicom.Item(0xFFFE_E0DD, 0, []));
        }

        return bytes.ToArray();
    }

    private static void Refuses(byte[] file, string expected)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        string message = Assert.Throws<ImageFormatException>(() => ImageFile.Decode(file, "folder/x")).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("'folder/x'", message, StringComparison.Ordinal);
        Assert.DoesNotContain("eheim", message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes);
        Assert.True(watch.ElapsedMilliseconds < 5_000);
    }

    private static void Mutilate(string name, int mutations)
    {
        byte[] original = File.ReadAllBytes(GoldenImages.Path($"dicom/{name}"));
        var random = new SeededGenerator(20_261_130);
        var limits = new ImageLimits(maxPixels: 1_000_000);
        for (int i = 0; i < mutations; i++)
        {
            byte[] mutated = Mutate(original, random);
            var reading = new ImageReading
            {
                Limits = limits,
                Page = 1 + i % 3 / 2,
                Intensity = Ranges[i % Ranges.Length],
            };
            var watch = Stopwatch.StartNew();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ImageFile.Decode(mutated, name, reading);
            }
            catch (ImageFormatException error)
            {
                Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
                Assert.DoesNotContain("eheim", error.Message, StringComparison.Ordinal);
                Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < MostBytes, $"Mutation {i} took {allocated} bytes");
            Assert.True(watch.ElapsedMilliseconds < 10_000, $"Mutation {i} took {watch.ElapsedMilliseconds} ms");
        }
    }

    // Half of the changes hit the attributes of the image and the headers of pixels.
    private static byte[] Mutate(byte[] original, SeededGenerator random)
    {
        var bytes = new List<byte>(original);
        int image = Math.Max(0, original.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x28, 0, 2, 0]));
        int changes = 1 + (int)(random.NextUInt64() % 4);
        for (int i = 0; i < changes && bytes.Count > 140; i++)
        {
            bool hitsImage = random.NextUInt64() % 2 == 0 && image < bytes.Count - 1;
            int from = hitsImage ? image : 132;
            int to = hitsImage ? Math.Min(bytes.Count, image + 300) : bytes.Count;
            int position = from + (int)(random.NextUInt64() % (ulong)(to - from));
            FileDamage.Change(bytes, position, random);
        }

        return [.. bytes];
    }
}
