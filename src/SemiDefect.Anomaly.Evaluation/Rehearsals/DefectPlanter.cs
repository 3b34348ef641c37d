using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Plants synthetic defects. The result is identical on every machine; position and shape do not depend on the
/// contrast (except for what is bent). Not thread-safe; plants a single defect.
/// </summary>
internal sealed class DefectPlanter
{
    private readonly Image _image;
    private readonly SeededGenerator _generator;
    private readonly PlantedPixels _pixels;

    private DefectPlanter(PictureProfile profile, SeededGenerator generator, PlantedPixels pixels)
    {
        _image = profile.Image;
        _generator = generator;
        _pixels = pixels;
    }

    /// <summary>Plants one defect in a picture that nothing is known of yet.</summary>
    public static PlantedImage Plant(
        Image image,
        SyntheticDefectKind kind,
        int size,
        double contrast,
        SeededGenerator generator) =>
        Plant(new PictureProfile(image), kind, size, contrast, generator);

    /// <summary>Plants one defect.</summary>
    /// <param name="profile">
    /// A good picture, which is not modified; both sides must be at least <paramref name="size"/> + 4.
    /// </param>
    /// <param name="kind">The kind of defect.</param>
    /// <param name="size">
    /// The extent in pixels, at least 2; kinds with soft edges have it at half of their strength or more.
    /// </param>
    /// <param name="contrast">
    /// Above 0 and up to 1: the brightness change as a fraction of 255 (with soft edges, of the picture's own range of
    /// brightness), or the blending weight of the change.
    /// </param>
    /// <param name="generator">The random generator for position and shape.</param>
    public static PlantedImage Plant(
        PictureProfile profile,
        SyntheticDefectKind kind,
        int size,
        double contrast,
        SeededGenerator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            size + 4, Math.Min(profile.Image.Width, profile.Image.Height), nameof(size));
        var pixels = new PlantedPixels(profile);
        if (RehearsalOptions.SoftKinds.Contains(kind))
        {
            new SoftPlanter(profile, generator, pixels).Plant(kind, size, contrast);
        }
        else
        {
            new DefectPlanter(profile, generator, pixels).Plant(
                new PlaceFinder(profile, generator), kind, size, contrast);
        }

        return pixels.ToImage();
    }

    private void Plant(PlaceFinder places, SyntheticDefectKind kind, int size, double contrast)
    {
        bool isStructural = kind is SyntheticDefectKind.Texture or SyntheticDefectKind.MissingPart;
        (int left, int top) = isStructural ? places.Structured(size) : places.OnPart(size);
        switch (kind)
        {
            case SyntheticDefectKind.Scratch:
                Scratch(left, top, size, contrast);
                break;
            case SyntheticDefectKind.Dot:
                Shade(
                    left, top, size, contrast, (x, y) => Math.Clamp(0.5 * size - Math.Sqrt(x * x + y * y) + 0.5, 0, 1));
                break;
            case SyntheticDefectKind.Stain:
                Stain(left, top, size, contrast);
                break;
            case SyntheticDefectKind.CutPaste:
                CutPaste(left, top, size, contrast, places.Different(size, (left, top)));
                break;
            case SyntheticDefectKind.Texture:
                Blend(left, top, size, contrast, places.Different(size, (left, top)));
                break;
            default:
                Blend(left, top, size, contrast, null);
                break;
        }
    }

    private void Scratch(int left, int top, int size, double contrast)
    {
        // A quadratic curve, sampled densely for the distance computation.
        double angle = _generator.NextDouble(0, Math.PI);
        double bend = _generator.NextDouble(-0.25, 0.25) * size;
        double width = Math.Max(1, size / 24.0);
        double half = 0.5 * size - width;
        (double cos, double sin) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
        int steps = 4 * size;
        var points = new (double X, double Y)[steps + 1];
        for (int i = 0; i <= steps; i++)
        {
            double t = 2.0 * i / steps - 1;
            double offset = bend * (1 - t * t) - 0.5 * bend;
            points[i] = (t * half * cos - offset * sin, t * half * sin + offset * cos);
        }

        Shade(left, top, size, contrast, (x, y) =>
        {
            double nearest = points.Min(point => (point.X - x) * (point.X - x) + (point.Y - y) * (point.Y - y));
            return Math.Clamp(0.5 * width - Math.Sqrt(nearest) + 0.5, 0, 1);
        });
    }

    private void Stain(int left, int top, int size, double contrast)
    {
        // The radius varies with the direction by three sine waves; the intensity falls off from the center to the
        // edge.
        double[] amplitudes =
            [0.18 * _generator.NextDouble(), 0.12 * _generator.NextDouble(), 0.08 * _generator.NextDouble()];
        double[] phases = [_generator.NextDouble(0, 6), _generator.NextDouble(0, 6), _generator.NextDouble(0, 6)];
        Shade(left, top, size, contrast, (x, y) =>
        {
            double distance = Math.Sqrt(x * x + y * y);
            (double cos, double sin) = distance == 0 ? (1, 0) : (x / distance, y / distance);
            double radius = 1;
            (double c, double s) = (cos, sin);
            for (int wave = 0; wave < 3; wave++)
            {
                // cos and sin of the multiple angle, by the addition theorem.
                (c, s) = (c * cos - s * sin, s * cos + c * sin);
                radius -=
                    amplitudes[wave] * (1 - (c * PortableMath.Cos(phases[wave]) + s * PortableMath.Sin(phases[wave])));
            }

            double share = distance / (0.5 * size * Math.Max(0.3, radius));
            return share >= 1 ? 0 : (1 - share * share) * (1 - share * share);
        });
    }

    private void Shade(int left, int top, int size, double contrast, Func<double, double, double> amount)
    {
        // Change toward the end of the range with more headroom, to avoid clipping.
        double sum = 0;
        for (int y = top; y < top + size; y++)
        {
            foreach (byte value in _image.Rgb.Slice(3 * (y * _image.Width + left), 3 * size))
            {
                sum += value;
            }
        }

        double change = sum / (3.0 * size * size) >= 127.5 ? -255 * contrast : 255 * contrast;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                double share = amount(x - 0.5 * (size - 1), y - 0.5 * (size - 1));
                int pixel = (top + y) * _image.Width + left + x;
                for (int channel = 0; channel < 3 && share > 0; channel++)
                {
                    _pixels.Set(pixel, channel, _image.Rgb[3 * pixel + channel] + share * change, share >= 0.1);
                }
            }
        }
    }

    private void CutPaste(int left, int top, int size, double contrast, (int Left, int Top) from)
    {
        int height = Math.Max(2, (int)(size * _generator.NextDouble(0.4, 1)));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < size; x++)
            {
                int target = (top + y) * _image.Width + left + x;
                int source = (from.Top + y) * _image.Width + from.Left + x;
                for (int channel = 0; channel < 3; channel++)
                {
                    double old = _image.Rgb[3 * target + channel];
                    _pixels.Set(target, channel, old + contrast * (_image.Rgb[3 * source + channel] - old), true);
                }
            }
        }
    }

    // Inside an ellipse, replaces the Laplacian by that of another position, or by zero, with fixed surroundings.
    private void Blend(int left, int top, int size, double contrast, (int Left, int Top)? source)
    {
        int side = size + 2;
        double slimness = _generator.NextDouble(0.6, 1);
        bool[] inside = new bool[side * side];
        for (int y = 1; y <= size; y++)
        {
            for (int x = 1; x <= size; x++)
            {
                double dx = (x - 0.5 * (side - 1)) / (0.5 * size);
                double dy = (y - 0.5 * (side - 1)) / (0.5 * size * slimness);
                inside[y * side + x] = dx * dx + dy * dy <= 1;
            }
        }

        for (int channel = 0; channel < 3; channel++)
        {
            double[] values = new double[side * side];
            double[] laplacian = new double[side * side];
            for (int i = 0; i < values.Length; i++)
            {
                int x = left - 1 + i % side;
                int y = top - 1 + i / side;
                values[i] = _image.Rgb[3 * (y * _image.Width + x) + channel];
                if (inside[i] && source is (int fromLeft, int fromTop))
                {
                    laplacian[i] = Laplacian(fromLeft - 1 + i % side, fromTop - 1 + i / side, channel);
                }
            }

            PoissonBlend.Solve(values, laplacian, inside, side);
            for (int i = 0; i < values.Length; i++)
            {
                if (inside[i])
                {
                    int pixel = (top - 1 + i / side) * _image.Width + left - 1 + i % side;
                    double old = _image.Rgb[3 * pixel + channel];
                    _pixels.Set(pixel, channel, old + contrast * (values[i] - old), true);
                }
            }
        }
    }

    private double Laplacian(int x, int y, int channel)
    {
        int i = 3 * (y * _image.Width + x) + channel;
        int row = 3 * _image.Width;
        return _image.Rgb[i - 3] + _image.Rgb[i + 3] + _image.Rgb[i - row] + _image.Rgb[i + row] - 4.0 * _image.Rgb[i];
    }
}
