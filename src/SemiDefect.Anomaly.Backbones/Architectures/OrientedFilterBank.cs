using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>Even and odd Gabor-like filters without a mean, of norm one. Thread-safe.</summary>
internal static class OrientedFilterBank
{
    /// <summary>Wavenumber times deviation: about one period and a half under the envelope.</summary>
    private const double Bandwidth = 1.6;

    /// <summary>Makes the filters of evenly spaced orientations.</summary>
    /// <param name="orientations">How many, over half a turn.</param>
    /// <param name="size">The odd side of a filter.</param>
    /// <param name="deviation">The Gaussian envelope's deviation across the stripes, in pixels.</param>
    /// <param name="elongation">How much longer the envelope is along the stripes.</param>
    /// <returns>(even, odd) for each orientation, size x size values each.</returns>
    public static float[] Create(int orientations, int size, double deviation, double elongation)
    {
        int area = size * size;
        float[] bank = new float[orientations * 2 * area];
        double[] envelope = new double[area];
        double[] even = new double[area];
        double[] odd = new double[area];
        for (int orientation = 0; orientation < orientations; orientation++)
        {
            double angle = Math.PI * orientation / orientations;
            double cosine = PortableMath.Cos(angle);
            double sine = PortableMath.Sin(angle);
            for (int i = 0; i < area; i++)
            {
                double x = i % size - size / 2;
                double y = i / size - size / 2;
                double across = x * cosine + y * sine;
                double along = (y * cosine - x * sine) / elongation;
                double phase = Bandwidth / deviation * across;
                envelope[i] = PortableMath.Exp(-(across * across + along * along) / (2 * deviation * deviation));
                even[i] = envelope[i] * PortableMath.Cos(phase);
                odd[i] = envelope[i] * PortableMath.Sin(phase);
            }

            // The sine has no mean by symmetry; the cosine gives up the part that a flat surface would excite.
            double mean = Sum(even) / Sum(envelope);
            for (int i = 0; i < area; i++)
            {
                even[i] -= mean * envelope[i];
            }

            Normalize(even, bank.AsSpan(orientation * 2 * area, area));
            Normalize(odd, bank.AsSpan((orientation * 2 + 1) * area, area));
        }

        return bank;
    }

    // Plain loops: the vectorized sums of LINQ and tensors add in an order that depends on the machine.
    private static double Sum(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static void Normalize(double[] values, Span<float> output)
    {
        double squares = 0;
        foreach (double value in values)
        {
            squares += value * value;
        }

        double norm = Math.Sqrt(squares);
        for (int i = 0; i < values.Length; i++)
        {
            output[i] = (float)(values[i] / norm);
        }
    }
}
