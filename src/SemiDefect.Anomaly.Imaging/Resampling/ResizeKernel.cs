namespace SemiDefect.Anomaly.Imaging.Resampling;

/// <summary>
/// The weights of one resampling axis: for every output position, the first input position and fixed-point coefficients
/// with <see cref="PrecisionBits"/> fractional bits. The triangle filter is widened by the reduction factor, as in
/// Pillow's 8-bit resampling (src/libImaging/Resample.c, Pillow 9.4). Immutable and thread-safe.
/// </summary>
internal sealed class ResizeKernel
{
    /// <summary>32 bits less 8 for the pixel and 2 for headroom.</summary>
    public const int PrecisionBits = 22;

    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int[] _coefficients;
    private readonly int _stride;

    private ResizeKernel(int[] starts, int[] counts, int[] coefficients, int stride)
    {
        _starts = starts;
        _counts = counts;
        _coefficients = coefficients;
        _stride = stride;
    }

    /// <summary>The number of output positions.</summary>
    public int Length => _starts.Length;

    /// <summary>The first input position that any output needs.</summary>
    public int FirstInput => _starts[0];

    /// <summary>One past the last input position that any output needs.</summary>
    public int EndInput => _starts[^1] + _counts[^1];

    /// <summary>The first input position of output <paramref name="index"/>.</summary>
    public int Start(int index) => _starts[index];

    /// <summary>The coefficients of output <paramref name="index"/>; they belong to consecutive inputs.</summary>
    public ReadOnlySpan<int> Coefficients(int index) => _coefficients.AsSpan(index * _stride, _counts[index]);

    /// <summary>
    /// The weights that resample <paramref name="inputSize"/> samples to <paramref name="outputSize"/>, for
    /// <paramref name="count"/> outputs from <paramref name="first"/> on.
    /// </summary>
    public static ResizeKernel Create(int inputSize, int outputSize, int first, int count)
    {
        double scale = (double)inputSize / outputSize;
        double filterScale = Math.Max(scale, 1);
        double support = filterScale;
        double inverse = 1 / filterScale;
        int stride = (int)Math.Ceiling(support) * 2 + 1;
        var starts = new int[count];
        var counts = new int[count];
        var coefficients = new int[checked(count * stride)];
        Span<double> weights = stride <= 128 ? stackalloc double[stride] : new double[stride];
        for (int i = 0; i < count; i++)
        {
            double center = (first + i + 0.5) * scale;
            int start = Math.Max(0, (int)(center - support + 0.5));
            int taps = Math.Min(inputSize, (int)(center + support + 0.5)) - start;
            double sum = 0;
            for (int k = 0; k < taps; k++)
            {
                double weight = Math.Max(0, 1 - Math.Abs((k + start - center + 0.5) * inverse));
                weights[k] = weight;
                sum += weight;
            }

            for (int k = 0; k < taps; k++)
            {
                coefficients[i * stride + k] = (int)(0.5 + weights[k] / sum * (1 << PrecisionBits));
            }

            starts[i] = start;
            counts[i] = taps;
        }

        return new ResizeKernel(starts, counts, coefficients, stride);
    }
}
