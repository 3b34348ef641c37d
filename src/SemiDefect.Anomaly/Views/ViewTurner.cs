using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// Turns images by multiples of 45 degrees. Quarter turns and flips move pixels. The others keep the size of the image
/// and interpolate bilinearly in integer arithmetic, so that the bytes are the same everywhere. Stateless.
/// </summary>
internal static class ViewTurner
{
    // The cosine of 45 degrees with 16 fractional bits.
    private const long Cosine = 46341;
    private const int Bits = 16;
    private const long One = 1L << Bits;

    /// <summary>The turned image.</summary>
    public static Image Turn(Image picture, ViewTurn turn) =>
        turn.IsExact ? TurnExactly(picture, turn) : TurnHalfway(picture, turn);

    private static Image TurnExactly(Image picture, ViewTurn turn)
    {
        int width = turn.SwapsSides ? picture.Height : picture.Width;
        int height = turn.SwapsSides ? picture.Width : picture.Height;
        byte[] target = new byte[3 * width * height];
        ReadOnlySpan<byte> source = picture.Rgb;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int sourceX, int sourceY) = turn.Degrees switch
                {
                    90 => (y, picture.Height - 1 - x),
                    180 => (picture.Width - 1 - x, picture.Height - 1 - y),
                    270 => (picture.Width - 1 - y, x),
                    _ => (x, y),
                };
                sourceX = turn.Flip ? picture.Width - 1 - sourceX : sourceX;
                source.Slice(3 * (sourceY * picture.Width + sourceX), 3).CopyTo(target.AsSpan(3 * (y * width + x), 3));
            }
        }

        return new Image(width, height, target);
    }

    private static Image TurnHalfway(Image picture, ViewTurn turn)
    {
        int width = picture.Width;
        int height = picture.Height;
        byte[] target = new byte[3 * width * height];
        (int cosine, int sine) = turn.Signs();

        // Twice the distance from the center is an integer; so is the source position, in units of 2^-17 pixels.
        for (int y = 0; y < height; y++)
        {
            long dy = 2L * y - (height - 1);
            for (int x = 0; x < width; x++)
            {
                long dx = 2L * x - (width - 1);
                long sourceX = (cosine * dx + sine * dy) * Cosine;
                long sourceY = (cosine * dy - sine * dx) * Cosine;
                sourceX = ((turn.Flip ? -sourceX : sourceX) + (width - 1) * One) / 2;
                sourceY = (sourceY + (height - 1) * One) / 2;
                Interpolate(picture, sourceX, sourceY, target.AsSpan(3 * (y * width + x), 3));
            }
        }

        return new Image(width, height, target);
    }

    // Beyond the edge, the nearest pixel is repeated, which disturbs the network least; such patches are not used.
    private static void Interpolate(Image picture, long x, long y, Span<byte> target)
    {
        x = Math.Clamp(x, 0, (picture.Width - 1) * One);
        y = Math.Clamp(y, 0, (picture.Height - 1) * One);
        int left = (int)(x >> Bits);
        int top = (int)(y >> Bits);
        int right = Math.Min(left + 1, picture.Width - 1);
        int bottom = Math.Min(top + 1, picture.Height - 1);
        long fractionX = (x & (One - 1)) >> 8;
        long fractionY = (y & (One - 1)) >> 8;
        ReadOnlySpan<byte> rgb = picture.Rgb;
        for (int channel = 0; channel < 3; channel++)
        {
            long above = rgb[3 * (top * picture.Width + left) + channel] * (256 - fractionX)
                + rgb[3 * (top * picture.Width + right) + channel] * fractionX;
            long below = rgb[3 * (bottom * picture.Width + left) + channel] * (256 - fractionX)
                + rgb[3 * (bottom * picture.Width + right) + channel] * fractionX;
            target[channel] = (byte)((above * (256 - fractionY) + below * fractionY + 32768) >> 16);
        }
    }
}
