using System.Numerics;
using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// Separable Gaussian blur, first along columns, then along rows, truncated at int(4 sigma + 0.5) taps to each side and
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

    /// <summary>Blurs in place. Memory: as many rows in float64 as there are taps.</summary>
    public void Apply(Span<float> map, int width, int height)
    {
        if (_weights.Length == 1)
        {
            return;
        }

        BlurColumns(map, width, height);
        BlurRows(map, width, height);
    }

    // A blurred row replaces the original one, which the next rows still need: these are kept in a ring.
    private void BlurColumns(Span<float> map, int width, int height)
    {
        int ringSize = Math.Min(height, _weights.Length);
        double[] ring = new double[checked(ringSize * width)];
        int[] rows = Neighbors(height);
        int[] offsets = new int[_weights.Length];
        int read = 0;
        for (int y = 0; y < height; y++)
        {
            for (int last = Math.Min(y + _weights.Length / 2, height - 1); read <= last; read++)
            {
                TensorPrimitives.ConvertTruncating<float, double>(
                    map.Slice(read * width, width),
                    ring.AsSpan(read % ringSize * width, width));
            }

            for (int tap = 0; tap < offsets.Length; tap++)
            {
                offsets[tap] = rows[y + tap] % ringSize * width;
            }

            Weigh(ring, offsets, map.Slice(y * width, width));
        }
    }

    private void BlurRows(Span<float> map, int width, int height)
    {
        int[] columns = Neighbors(width);
        double[] padded = new double[columns.Length];
        int[] offsets = new int[_weights.Length];
        for (int tap = 0; tap < offsets.Length; tap++)
        {
            offsets[tap] = tap;
        }

        for (int y = 0; y < height; y++)
        {
            Span<float> row = map.Slice(y * width, width);
            for (int i = 0; i < columns.Length; i++)
            {
                padded[i] = row[columns[i]];
            }

            Weigh(padded, offsets, row);
        }
    }

    // target[x] = sum over the taps of weight x source[offset + x]. Every x has its own vector lane, and its sum
    // follows the order of the taps, without fused multiply-add, so that the result does not depend on the vector
    // width.
    private void Weigh(double[] source, int[] offsets, Span<float> target)
    {
        const int Accumulators = 4;
        int lanes = Vector<double>.Count;
        int x = 0;
        for (; x <= target.Length - Accumulators * lanes; x += Accumulators * lanes)
        {
            Vector<double> sum0 = default;
            Vector<double> sum1 = default;
            Vector<double> sum2 = default;
            Vector<double> sum3 = default;
            for (int tap = 0; tap < offsets.Length; tap++)
            {
                var weight = new Vector<double>(_weights[tap]);
                ReadOnlySpan<double> values = source.AsSpan(offsets[tap] + x, Accumulators * lanes);
                sum0 += weight * new Vector<double>(values);
                sum1 += weight * new Vector<double>(values[lanes..]);
                sum2 += weight * new Vector<double>(values[(2 * lanes)..]);
                sum3 += weight * new Vector<double>(values[(3 * lanes)..]);
            }

            Span<float> block = target.Slice(x, Accumulators * lanes);
            Vector.Narrow(sum0, sum1).CopyTo(block);
            Vector.Narrow(sum2, sum3).CopyTo(block[(2 * lanes)..]);
        }

        for (; x < target.Length; x++)
        {
            double sum = 0;
            for (int tap = 0; tap < offsets.Length; tap++)
            {
                sum += _weights[tap] * source[offsets[tap] + x];
            }

            target[x] = (float)sum;
        }
    }

    // For each position of the padded line, the position of the mirrored pixel.
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
