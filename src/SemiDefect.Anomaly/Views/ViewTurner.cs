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
    private const double SquareRootOfHalf = 0.70710678118654752440;

    /// <summary>The turned image.</summary>
    public static Image Turn(Image picture, ViewTurn turn)
    {
        if (turn == ViewTurn.None)
        {
            return picture;
        }

        return turn.IsExact ? TurnExactly(picture, turn) : TurnHalfway(picture, turn);
    }

    /// <summary>See <see cref="View.ToWindow"/>.</summary>
    public static (double X, double Y) ToWindow(View view, double x, double y)
    {
        if (view.Turn == ViewTurn.None)
        {
            return (x, y);
        }

        // About the centers, so that the turn is a pure rotation.
        double dx = x - (view.Width - 1) / 2.0;
        double dy = y - (view.Height - 1) / 2.0;
        (int cosine, int sine) = Quarter(view.Turn.Degrees);
        double factor = view.Turn.IsExact ? 1 : SquareRootOfHalf;
        double sourceX = (cosine * dx + sine * dy) * factor;
        double sourceY = (cosine * dy - sine * dx) * factor;
        return (
            (view.Turn.Flip ? -sourceX : sourceX) + (view.Geometry.InputWidth - 1) / 2.0,
            sourceY + (view.Geometry.InputHeight - 1) / 2.0);
    }

    // The signs of cosine and sine; for odd multiples of 45 degrees both have the magnitude of the square root of a
    // half.
    private static (int Cosine, int Sine) Quarter(int degrees) => degrees switch
    {
        0 => (1, 0),
        45 => (1, 1),
        90 => (0, 1),
        135 => (-1, 1),
        180 => (-1, 0),
        225 => (-1, -1),
        270 => (0, -1),
        315 => (1, -1),
        _ =>
            throw new ArgumentOutOfRangeException(
                nameof(degrees), degrees, "Turns are multiples of 45 degrees, 0 to 315."),
    };

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
        (int cosine, int sine) = Quarter(turn.Degrees);

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
