using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>Makes anomaly maps of patch scores. Thread-safe: nothing changes once made.</summary>
internal sealed class AnomalyMapBuilder(AnomalyMapOptions options)
{
    private readonly GaussianBlur _blur = new(options.BlurSigma, options.BlurBorder);

    /// <summary>The map at the size of the network's input.</summary>
    /// <param name="patchScores">gridHeight x gridWidth scores, row by row.</param>
    /// <param name="gridHeight">Rows of the patch grid.</param>
    /// <param name="gridWidth">Columns of the patch grid.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    public AnomalyMap Build(ReadOnlySpan<double> patchScores, int gridHeight, int gridWidth, int height, int width)
    {
        float[] scores = new float[patchScores.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)patchScores[i];
        }

        float[] values = new float[checked(height * width)];
        if (options.Upsampling == MapUpsampling.Bilinear)
        {
            new BilinearGrid(gridHeight, gridWidth, height, width).AddInterpolated(scores, values);
        }
        else
        {
            for (int y = 0; y < height; y++)
            {
                int row = (int)((long)y * gridHeight / height) * gridWidth;
                for (int x = 0; x < width; x++)
                {
                    values[y * width + x] = scores[row + (int)((long)x * gridWidth / width)];
                }
            }
        }

        _blur.Apply(values, width, height);
        return new AnomalyMap(width, height, values);
    }

    /// <summary>
    /// The map brought to the original image's pixels by bilinear interpolation, crop and aspect undone. Pixels that the
    /// crop cut off were not inspected and get 0.
    /// </summary>
    public static AnomalyMap ToOriginal(AnomalyMap map, InputGeometry geometry)
    {
        Sample[] columns = Samples(geometry.OriginalWidth, map.Width, x => geometry.ToInput(x, 0).X);
        Sample[] rows = Samples(geometry.OriginalHeight, map.Height, y => geometry.ToInput(0, y).Y);
        float[] values = new float[checked(geometry.OriginalWidth * geometry.OriginalHeight)];
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
        return new AnomalyMap(geometry.OriginalWidth, geometry.OriginalHeight, values);
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
