using CsCheck;
using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Imaging.Tests;

public sealed class PngFilterTests
{
    [Fact]
    public void Every_filter_is_reversed_for_pixels_of_every_size() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5].Select(i => new[] { 1, 2, 3, 4, 6, 8 }[i]), Gen.Int[0, 70]).SelectMany(
            (type, step, pixels) => Gen.Select(
                Gen.Const((type, step)), Gen.Byte.Array[step * pixels], Gen.Byte.Array[step * pixels]))
            .Sample((kind, row, previous) =>
            {
                byte[] expected = Reversed(kind.type, row, previous, kind.step);
                byte[] actual = [.. row];
                Assert.True(PngFilter.Undo(kind.type, actual, previous, kind.step));
                Assert.Equal(expected, actual);
            });

    [Fact]
    public void Another_filter_is_refused() => Assert.False(PngFilter.Undo(5, new byte[6], new byte[6], 3));

    // ISO/IEC 15948, clause 9.
    private static byte[] Reversed(int type, byte[] row, byte[] previous, int step)
    {
        byte[] raw = [.. row];
        for (int i = 0; i < raw.Length; i++)
        {
            int a = i < step ? 0 : raw[i - step];
            int b = previous[i];
            int c = i < step ? 0 : previous[i - step];
            int p = a + b - c;
            (int pa, int pb, int pc) = (Math.Abs(p - a), Math.Abs(p - b), Math.Abs(p - c));
            int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
            raw[i] += (byte)(type switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => paeth });
        }

        return raw;
    }
}
