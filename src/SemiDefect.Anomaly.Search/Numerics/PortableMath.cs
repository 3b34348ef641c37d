namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// Exp, Log, Pow, Sin and Cos from IEEE 754 additions, multiplications and divisions only. The functions of
/// <see cref="Math"/> call the C runtime, whose last digit differs between Windows and Linux; these give the same bits
/// everywhere. The relative error is below 1e-15 for <see cref="Exp"/> and <see cref="Log"/> and below 4e-15 for
/// <see cref="Pow"/>; the absolute error is below 1e-15 for <see cref="Sin"/> and <see cref="Cos"/> up to |x| = 1e5.
/// Stateless.
/// </summary>
public static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double HalfPiHigh = 1.57079632673412561417e+00;
    private const double HalfPiMiddle = 6.07710050630396597660e-11;
    private const double HalfPiLow = 2.02226624879595063154e-21;

    /// <summary>e to the power <paramref name="x"/>; 0 below -745, infinity above 709.78.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        if (x > 709.782712893384)
        {
            return double.PositiveInfinity;
        }

        if (x < -745.2)
        {
            return 0;
        }

        double n = Math.Round(x / 0.6931471805599453);
        double r = x - n * Ln2High - n * Ln2Low;

        // |r| <= ln 2 / 2, where 14 terms leave less than half a unit in the last place.
        double sum = 1;
        for (int i = 14; i >= 1; i--)
        {
            sum = 1 + r * sum / i;
        }

        return ScaleByPowerOfTwo(sum, (int)n);
    }

    /// <summary>The natural logarithm; NaN below 0, negative infinity at 0.</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0)
        {
            return double.NaN;
        }

        if (x == 0)
        {
            return double.NegativeInfinity;
        }

        if (double.IsPositiveInfinity(x))
        {
            return x;
        }

        int exponent = Math.ILogB(x);
        double mantissa = ScaleByPowerOfTwo(x, -exponent);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        // log m = 2 artanh s with s = (m - 1) / (m + 1), |s| < 0.172.
        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double sum = 0;
        for (int i = 21; i >= 3; i -= 2)
        {
            sum = (sum + 1.0 / i) * square;
        }

        return exponent * Ln2High + (exponent * Ln2Low + (2 * s + 2 * s * sum));
    }

    /// <summary><paramref name="x"/> to the power <paramref name="y"/> for x >= 0.</summary>
    public static double Pow(double x, double y) =>
        y == 0 ? 1 : x == 0 ? (y > 0 ? 0 : double.PositiveInfinity) : Exp(y * Log(x));

    /// <summary>The sine of an angle in radians, |x| up to 1e5.</summary>
    public static double Sin(double x)
    {
        double r = ReduceToQuadrant(x, out int quadrant);
        double value = (quadrant & 1) == 0 ? SinKernel(r) : CosKernel(r);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>The cosine of an angle in radians, |x| up to 1e5.</summary>
    public static double Cos(double x)
    {
        double r = ReduceToQuadrant(x, out int quadrant);
        double value = (quadrant & 1) == 0 ? CosKernel(r) : SinKernel(r);
        return ((quadrant + 1) & 2) == 0 ? value : -value;
    }

    private static double ReduceToQuadrant(double x, out int quadrant)
    {
        if (!(Math.Abs(x) <= 1e5))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "The angle must be between -1e5 and 1e5 radians.");
        }

        double n = Math.Round(x / 1.5707963267948966);
        quadrant = (int)n & 3;
        return x - n * HalfPiHigh - n * HalfPiMiddle - n * HalfPiLow;
    }

    private static double SinKernel(double r)
    {
        double square = r * r;
        double sum = 1;
        for (int i = 18; i >= 2; i -= 2)
        {
            sum = 1 - square * sum / (i * (i + 1));
        }

        return r * sum;
    }

    private static double CosKernel(double r)
    {
        double square = r * r;
        double sum = 1;
        for (int i = 19; i >= 1; i -= 2)
        {
            sum = 1 - square * sum / (i * (i + 1));
        }

        return sum;
    }

    private static double ScaleByPowerOfTwo(double value, int power)
    {
        // In two steps, so that neither factor leaves the range of normal numbers.
        int half = power / 2;
        return value * PowerOfTwo(half) * PowerOfTwo(power - half);
    }

    private static double PowerOfTwo(int power) => BitConverter.Int64BitsToDouble((long)(power + 1023) << 52);
}
