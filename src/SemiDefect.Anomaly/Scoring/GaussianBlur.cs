using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// Separable Gaussian blur, first along columns, then along rows, cut off at int(4 sigma + 0.5) taps to each side and
/// accumulated in float64 in order, as SciPy's gaussian_filter does. Immutable and thread-safe.
/// </summary>
internal sealed class GaussianBlur
{
    private readonly double[] _weights;
    private readonly BlurBorder _border;

    public GaussianBlur(double sigma, BlurBorder border)
    {
        int radius = (int)(4 * sigma + 0.5);
        _border = border;
        _weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++)
        {
            sum += _weights[i + radius] = radius == 0 ? 1 : PortableMath.Exp(-0.5 * i * i / (sigma * sigma));
        }

        for (int i = 0; i < _weights.Length; i++)
        {
            _weights[i] /= sum;
        }
    }

    /// <summary>Blurs in place; memory: one more map in float64 for one direction at a time.</summary>
    public void Apply(Span<float> map, int width, int height)
    {
        if (_weights.Length == 1)
        {
            return;
        }

        double[] sums = new double[width];
        float[] source = map.ToArray();
        int[] rows = Neighbors(height);
        for (int y = 0; y < height; y++)
        {
            sums.AsSpan().Clear();
            for (int tap = 0; tap < _weights.Length; tap++)
            {
                double weight = _weights[tap];
                ReadOnlySpan<float> row = source.AsSpan(rows[y + tap] * width, width);
                for (int x = 0; x < row.Length; x++)
                {
                    sums[x] += weight * row[x];
                }
            }

            for (int x = 0; x < width; x++)
            {
                map[y * width + x] = (float)sums[x];
            }
        }

        int[] columns = Neighbors(width);
        float[] padded = new float[columns.Length];
        for (int y = 0; y < height; y++)
        {
            Span<float> row = map.Slice(y * width, width);
            for (int i = 0; i < columns.Length; i++)
            {
                padded[i] = row[columns[i]];
            }

            BlurRow(padded, sums);
            for (int x = 0; x < width; x++)
            {
                row[x] = (float)sums[x];
            }
        }
    }

    private void BlurRow(float[] padded, double[] sums)
    {
        sums.AsSpan().Clear();
        for (int tap = 0; tap < _weights.Length; tap++)
        {
            double weight = _weights[tap];
            ReadOnlySpan<float> shifted = padded.AsSpan(tap, sums.Length);
            for (int x = 0; x < shifted.Length; x++)
            {
                sums[x] += weight * shifted[x];
            }
        }
    }

    // For each position of the padded line, the position of the line that it mirrors.
    private int[] Neighbors(int length)
    {
        int radius = _weights.Length / 2;
        int period = _border == BlurBorder.HalfSample ? 2 * length : Math.Max(1, 2 * length - 2);
        int[] positions = new int[length + 2 * radius];
        for (int i = 0; i < positions.Length; i++)
        {
            int position = ((i - radius) % period + period) % period;
            int mirrored = _border == BlurBorder.HalfSample ? period - 1 - position : period - position;
            positions[i] = position < length ? position : mirrored;
        }

        return positions;
    }
}
