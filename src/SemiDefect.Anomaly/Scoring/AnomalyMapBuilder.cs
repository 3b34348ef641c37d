using System.Numerics.Tensors;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>Builds anomaly maps from patch scores. Immutable and thread-safe.</summary>
internal sealed class AnomalyMapBuilder(AnomalyMapOptions options)
{
    private readonly GaussianBlur _blur = new(options.BlurSigma, options.BlurBorder);

    /// <summary>The map of the canvas that contains all views of an image.</summary>
    /// <param name="views">The scores of each view, none of them turned.</param>
    /// <param name="canvas">The canvas of the views.</param>
    /// <param name="overlap">The minimum overlap of neighboring views in pixels.</param>
    public AnomalyMap Build(IReadOnlyList<PatchScores> views, InputGeometry canvas, int overlap)
    {
        float[] values = views.Count == 1 ? Upsample(views[0]) : Blend(views, canvas, overlap);
        _blur.Apply(values, canvas.InputWidth, canvas.InputHeight);
        return new AnomalyMap(canvas.InputWidth, canvas.InputHeight, values);
    }

    /// <summary>A map resampled to the pixels of another one by bilinear interpolation; 0 outside its area.</summary>
    /// <param name="map">The map.</param>
    /// <param name="from">The position of the map on the original.</param>
    /// <param name="to">The position of the other map on the same original.</param>
    public static AnomalyMap Resample(AnomalyMap map, InputGeometry from, InputGeometry to) => from == to
        ? map
        : Interpolate(
            map,
            to.InputWidth,
            to.InputHeight,
            x => from.ToInput(to.ToOriginal(x, 0).X, 0).X,
            y => from.ToInput(0, to.ToOriginal(0, y).Y).Y);

    /// <summary>
    /// The map resampled to the pixels of the original image by bilinear interpolation; crop and aspect are undone.
    /// Pixels outside the crop were not inspected and are 0.
    /// </summary>
    public static AnomalyMap ToOriginal(AnomalyMap map, InputGeometry geometry) => Interpolate(
        map,
        geometry.OriginalWidth,
        geometry.OriginalHeight,
        x => geometry.ToInput(x, 0).X,
        y => geometry.ToInput(0, y).Y);

    // The patch scores of one view at its own size, without blur.
    private float[] Upsample(PatchScores view)
    {
        int gridHeight = view.Layout.Height;
        int gridWidth = view.Layout.Width;
        int height = view.Layout.View.Height;
        int width = view.Layout.View.Width;
        float[] scores = new float[gridHeight * gridWidth];
        for (int i = 0; i < view.Values.Length; i++)
        {
            scores[view.Layout.PatchOf(i)] = (float)view.Values[i];
        }

        float[] values = new float[checked(height * width)];
        if (options.Upsampling == MapUpsampling.Bilinear)
        {
            new BilinearGrid(gridHeight, gridWidth, height, width).AddInterpolated(scores, values);
            return values;
        }

        for (int y = 0; y < height; y++)
        {
            int row = (int)((long)y * gridHeight / height) * gridWidth;
            for (int x = 0; x < width; x++)
            {
                values[y * width + x] = scores[row + (int)((long)x * gridWidth / width)];
            }
        }

        return values;
    }

    // In overlaps, the weight of a view decreases to zero towards its edge, so that no seam is visible.
    private float[] Blend(IReadOnlyList<PatchScores> views, InputGeometry canvas, int overlap)
    {
        float[] sums = new float[checked(canvas.InputWidth * canvas.InputHeight)];
        float[] weights = new float[sums.Length];
        foreach (PatchScores view in views)
        {
            InputGeometry window = view.Layout.View.Geometry;
            int left = window.CropLeft - canvas.CropLeft;
            int top = window.CropTop - canvas.CropTop;
            float[] columns = Ramp(left, window.InputWidth, canvas.InputWidth, overlap);
            float[] rows = Ramp(top, window.InputHeight, canvas.InputHeight, overlap);
            float[] values = Upsample(view);
            for (int y = 0; y < window.InputHeight; y++)
            {
                int target = (top + y) * canvas.InputWidth + left;
                for (int x = 0; x < window.InputWidth; x++)
                {
                    float weight = rows[y] * columns[x];
                    sums[target + x] += weight * values[y * window.InputWidth + x];
                    weights[target + x] += weight;
                }
            }
        }

        TensorPrimitives.Divide(sums, weights, sums);
        return sums;
    }

    private static float[] Ramp(int start, int length, int total, int overlap)
    {
        float[] weights = new float[length];
        for (int i = 0; i < length; i++)
        {
            int before = start == 0 ? overlap : i;
            int after = start + length == total ? overlap : length - 1 - i;
            weights[i] = (Math.Min(Math.Min(before, after), overlap) + 1f) / (overlap + 1f);
        }

        return weights;
    }

    private static AnomalyMap Interpolate(
        AnomalyMap map,
        int width,
        int height,
        Func<int, double> toX,
        Func<int, double> toY)
    {
        Sample[] columns = Samples(width, map.Width, toX);
        Sample[] rows = Samples(height, map.Height, toY);
        float[] values = new float[checked(width * height)];
        Parallel.For(0, rows.Length, y =>
        {
            Sample row = rows[y];
            if (row.First < 0)
            {
                return;
            }

            ReadOnlySpan<float> upper = map.Values.AsSpan(row.First * map.Width, map.Width);
            ReadOnlySpan<float> lower = map.Values.AsSpan(row.Second * map.Width, map.Width);
            Span<float> target = values.AsSpan(y * columns.Length, columns.Length);
            for (int x = 0; x < columns.Length; x++)
            {
                Sample column = columns[x];
                if (column.First >= 0)
                {
                    float above = upper[column.First] * (1 - column.Fraction) + upper[column.Second] * column.Fraction;
                    float below = lower[column.First] * (1 - column.Fraction) + lower[column.Second] * column.Fraction;
                    target[x] = above * (1 - row.Fraction) + below * row.Fraction;
                }
            }
        });
        return new AnomalyMap(width, height, values);
    }

    private static Sample[] Samples(int count, int source, Func<int, double> position)
    {
        var samples = new Sample[count];
        for (int i = 0; i < count; i++)
        {
            double at = position(i);
            if (at < -0.5 || at >= source - 0.5)
            {
                samples[i] = new Sample(-1, -1, 0);
                continue;
            }

            double clamped = Math.Clamp(at, 0, source - 1);
            int first = (int)clamped;
            samples[i] = new Sample(first, Math.Min(first + 1, source - 1), (float)(clamped - first));
        }

        return samples;
    }

    private readonly record struct Sample(int First, int Second, float Fraction);
}
