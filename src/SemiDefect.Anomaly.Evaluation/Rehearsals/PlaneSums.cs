namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Summed-area tables of a plane and of its squares: mean and variance of any square in constant time (Crow 1984).
/// Immutable and thread-safe.
/// </summary>
internal sealed class PlaneSums
{
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly int _width;
    private readonly int _height;

    /// <summary>Sums a plane.</summary>
    public PlaneSums(double[] values, int width, int height)
    {
        (_width, _height) = (width, height);
        _sums = new double[(width + 1) * (height + 1)];
        _squares = new double[_sums.Length];
        for (int y = 0; y < height; y++)
        {
            double row = 0;
            double rowOfSquares = 0;
            for (int x = 0; x < width; x++)
            {
                double value = values[y * width + x];
                row += value;
                rowOfSquares += value * value;
                int i = (y + 1) * (width + 1) + x + 1;
                _sums[i] = _sums[i - width - 1] + row;
                _squares[i] = _squares[i - width - 1] + rowOfSquares;
            }
        }
    }

    /// <summary>The mean and the variance of what lies inside the plane of a square.</summary>
    public (double Mean, double Variance) MeanAndVariance(int left, int top, int size)
    {
        int right = Math.Clamp(left + size, 1, _width);
        int bottom = Math.Clamp(top + size, 1, _height);
        left = Math.Clamp(left, 0, right - 1);
        top = Math.Clamp(top, 0, bottom - 1);
        double count = (double)(right - left) * (bottom - top);
        double Sum(double[] table) =>
            table[bottom * (_width + 1) + right] - table[bottom * (_width + 1) + left]
                - table[top * (_width + 1) + right] + table[top * (_width + 1) + left];
        double mean = Sum(_sums) / count;
        return (mean, Math.Max(0, Sum(_squares) / count - mean * mean));
    }
}
