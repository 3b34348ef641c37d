using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Smooth noise in [-1, 1]: random values on a repeating lattice with smooth interpolation. Immutable and thread-safe.
/// </summary>
internal sealed class ValueNoise
{
    private const int Size = 64;

    private readonly double _cell;
    private readonly double[] _values = new double[Size * Size];

    public ValueNoise(SeededGenerator generator, double cell)
    {
        _cell = cell;
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = generator.NextDouble(-1, 1);
        }
    }

    public double At(double x, double y)
    {
        x /= _cell;
        y /= _cell;
        double floorX = Math.Floor(x);
        double floorY = Math.Floor(y);
        int left = (int)floorX & (Size - 1);
        int right = (left + 1) & (Size - 1);
        int top = ((int)floorY & (Size - 1)) * Size;
        int bottom = (top + Size) & (Size * Size - 1);
        double shareX = Smooth(x - floorX);
        double shareY = Smooth(y - floorY);
        double upper = _values[top + left] + shareX * (_values[top + right] - _values[top + left]);
        double lower = _values[bottom + left] + shareX * (_values[bottom + right] - _values[bottom + left]);
        return upper + shareY * (lower - upper);
    }

    private static double Smooth(double t) => t * t * (3 - 2 * t);
}
