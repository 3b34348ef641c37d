using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Plants the kinds of defects whose edges are as soft as the picture's own and that keep its grain and noise. Shaded
/// kinds add to the picture, so what is fine in it stays. Structural kinds move the smooth part by interpolation and
/// the residual by whole pixels, because interpolation would smooth the noise away. Not thread-safe.
/// </summary>
internal sealed class SoftPlanter(PictureProfile profile, SeededGenerator generator, PlantedPixels pixels)
{
    private const double Bright = 176;
    private const double Dark = 80;

    private readonly PlaceFinder _places = new(profile, generator);

    /// <summary>Plants one defect; see <see cref="DefectPlanter.Plant(PictureProfile, SyntheticDefectKind, int, double,
    /// SeededGenerator)"/>.</summary>
    public void Plant(SyntheticDefectKind kind, int size, double contrast)
    {
        switch (kind)
        {
            case SyntheticDefectKind.Spot:
                Shade(size, contrast, Softness(), () => SoftShape.Ellipse(size, 0.5, generator));
                break;
            case SyntheticDefectKind.Crack:
                Shade(size, contrast, Softness(), () => SoftShape.Crack(size, generator));
                break;
            case SyntheticDefectKind.SoftStain:
                Shade(size, contrast, Softness(), () => SoftShape.Blot(size, generator));
                break;
            case SyntheticDefectKind.Shade:
                Shade(size, contrast, Math.Max(Softness(), 0.2 * size), () => SoftShape.Blot(size, generator));
                break;
            case SyntheticDefectKind.Displaced:
                Displace(size, contrast);
                break;
            case SyntheticDefectKind.Turned:
                Turn(size, contrast);
                break;
            case SyntheticDefectKind.Bent:
                Bend(size, contrast);
                break;
            case SyntheticDefectKind.Missing:
                Remove(size, contrast);
                break;
            case SyntheticDefectKind.Doubled:
                Double(size, contrast);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind with soft edges.");
        }
    }

    // As soft as an edge drawn from those of the picture, without the extremes.
    private double Softness() =>
        profile.Edges[(int)(generator.NextDouble(0.15, 0.85) * (profile.Edges.Length - 1))];

    private void Shade(int size, double contrast, double softness, Func<Func<double, double, bool>> shape)
    {
        (int left, int top) = _places.OnPart(size);
        SoftMask mask = SoftMask.Of((left, top), size, softness, shape());
        bool brighter = generator.NextDouble() < 0.5;
        double[] tint = [generator.NextDouble(0.6, 1), generator.NextDouble(0.6, 1), generator.NextDouble(0.6, 1)];

        // Toward the end of the range with more headroom where there is little, to avoid clipping.
        double mean = profile.BrightnessOf(left, top, size).Mean;
        double sign = mean > Bright ? -1 : mean < Dark ? 1 : brighter ? 1 : -1;
        pixels.Change(mask, (channel, pixel, share) =>
            share * sign * contrast * profile.Range * (profile.Channels == 1 ? 1 : tint[channel]));
    }

    private void Displace(int size, double contrast)
    {
        (int Left, int Top) place = _places.Structured(size);
        SoftMask mask = SoftMask.Of(place, size, Softness(), SoftShape.Ellipse(size, 0.6, generator));
        (double dx, double dy) = Direction(Math.Max(2, generator.NextDouble(0.25, 0.7) * size));
        Move(mask, contrast, (x, y) => (x - dx, y - dy));
    }

    private void Turn(int size, double contrast)
    {
        (int Left, int Top) place = _places.Structured(size);
        SoftMask mask = SoftMask.Of(place, size, Softness(), SoftShape.Ellipse(size, 0.8, generator));
        double angle = generator.NextDouble(0.5, 2.6) * (generator.NextDouble() < 0.5 ? 1 : -1);
        (double cos, double sin) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
        (double cx, double cy) = (place.Left + 0.5 * (size - 1), place.Top + 0.5 * (size - 1));
        Move(
            mask,
            contrast,
            (x, y) => (cx + cos * (x - cx) + sin * (y - cy), cy - sin * (x - cx) + cos * (y - cy)));
    }

    private void Double(int size, double contrast)
    {
        (int Left, int Top) source = _places.Structured(size);
        (double dx, double dy) = Direction(generator.NextDouble(0.7, 1.4) * size);
        int left = Math.Clamp(source.Left + (int)Math.Round(dx), 2, profile.Image.Width - size - 2);
        int top = Math.Clamp(source.Top + (int)Math.Round(dy), 2, profile.Image.Height - size - 2);
        SoftMask mask = SoftMask.Of((left, top), size, Softness(), SoftShape.Ellipse(size, 0.6, generator));
        Move(mask, contrast, (x, y) => (x - (left - source.Left), y - (top - source.Top)));
    }

    // The displacement falls off smoothly to the edge of a disk, so there is no seam.
    private void Bend(int size, double contrast)
    {
        (int Left, int Top) place = _places.Structured(size);
        (double dx, double dy) = Direction(contrast * generator.NextDouble(0.2, 0.3) * size);
        double radius = 0.5 * size;
        (double cx, double cy) = (place.Left + radius - 0.5, place.Top + radius - 0.5);
        pixels.Change(
            SoftMask.Of(place, size, 0.3, (x, y) => x * x + y * y < radius * radius),
            (channel, pixel, _) =>
            {
                int x = pixel % profile.Image.Width;
                int y = pixel / profile.Image.Width;
                double share = 1 - ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (radius * radius);
                double shift = share <= 0 ? 0 : share * share;
                (double low, double high) = Sample(channel, x - shift * dx, y - shift * dy);
                return low + high - profile.Image.Rgb[3 * pixel + channel];
            });
    }

    private void Remove(int size, double contrast)
    {
        (int Left, int Top) place = _places.Structured(size);
        SoftMask mask = SoftMask.Of(place, size, Softness(), SoftShape.Ellipse(size, 0.6, generator));
        (int Left, int Top) flat = _places.Flat(size);
        double[][] filled = [.. Enumerable.Range(0, profile.Channels).Select(channel => Fill(mask, channel))];
        pixels.Change(mask, (channel, pixel, share) =>
        {
            int x = pixel % profile.Image.Width;
            int y = pixel / profile.Image.Width;
            double high = profile.High(channel, Inside(x + flat.Left - place.Left, y + flat.Top - place.Top));
            double low = filled[channel][(y - mask.Top + 1) * (mask.Side + 2) + x - mask.Left + 1];
            return Blend(channel, pixel, share * contrast, low, high);
        });
    }

    // The smooth part with what the mask touches replaced by the smoothest continuation of the rest.
    private double[] Fill(SoftMask mask, int channel)
    {
        int side = mask.Side + 2;
        double[] values = new double[side * side];
        bool[] inside = new bool[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int x, int y) = (i % side - 1, i / side - 1);
            values[i] = profile.Low[channel][Inside(mask.Left + x, mask.Top + y)];
            inside[i] = x >= 0 && y >= 0 && x < mask.Side && y < mask.Side && mask.Values[y * mask.Side + x] > 0;
        }

        PoissonBlend.Solve(values, new double[values.Length], inside, side);
        return values;
    }

    private void Move(SoftMask mask, double contrast, Func<double, double, (double X, double Y)> source) =>
        pixels.Change(mask, (channel, pixel, share) =>
        {
            (double x, double y) = source(pixel % profile.Image.Width, pixel / profile.Image.Width);
            (double low, double high) = Sample(channel, x, y);
            return Blend(channel, pixel, share * contrast, low, high);
        });

    // A mean of two noises is weaker than each: its residual is scaled back to their strength.
    private double Blend(int channel, int pixel, double share, double low, double high)
    {
        double keep = 1 - share;
        double residual = (keep * profile.High(channel, pixel) + share * high) / Math.Sqrt(keep * keep + share * share);
        return keep * profile.Low[channel][pixel] + share * low + residual - profile.Image.Rgb[3 * pixel + channel];
    }

    private (double Low, double High) Sample(int channel, double x, double y)
    {
        (int left, int top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        (double fx, double fy) = (x - left, y - top);
        double[] low = profile.Low[channel];
        double upper = (1 - fx) * low[Inside(left, top)] + fx * low[Inside(left + 1, top)];
        double lower = (1 - fx) * low[Inside(left, top + 1)] + fx * low[Inside(left + 1, top + 1)];
        return (
            (1 - fy) * upper + fy * lower,
            profile.High(channel, Inside((int)Math.Floor(x + 0.5), (int)Math.Floor(y + 0.5))));
    }

    private int Inside(int x, int y) =>
        PlanarBlur.Mirror(y, profile.Image.Height) * profile.Image.Width + PlanarBlur.Mirror(x, profile.Image.Width);

    private (double X, double Y) Direction(double length)
    {
        double angle = generator.NextDouble(0, 2 * Math.PI);
        return (length * PortableMath.Cos(angle), length * PortableMath.Sin(angle));
    }
}
