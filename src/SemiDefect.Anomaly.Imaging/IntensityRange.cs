using System.Globalization;

namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// Which samples of a deep picture become black and white: DICOM, samples of 16 bits in PNG and TIFF, and floating
/// point in TIFF. Those in between are mapped linearly and rounded; those outside are clipped. Compared by value.
/// Immutable and thread-safe.
/// </summary>
public sealed record IntensityRange
{
    /// <summary>The largest absolute value of a limit of a window.</summary>
    public const double LargestLimit = 1e12;

    private IntensityRange(IntensityKind kind, double low, double high)
    {
        Kind = kind;
        Low = low;
        High = high;
    }

    /// <summary>All that the bits of a sample can hold. Floating point has no such range and is refused.</summary>
    public static IntensityRange Full { get; } = new(IntensityKind.Full, 0, 0);

    /// <summary>
    /// The first window of a DICOM file (window center and width). A file without one, and any other kind of file, is
    /// refused.
    /// </summary>
    public static IntensityRange FileWindow { get; } = new(IntensityKind.FileWindow, 0, 0);

    /// <summary>How the two limits are found.</summary>
    public IntensityKind Kind { get; }

    /// <summary>The sample, or the percentile, that becomes black; 0 where the kind has none.</summary>
    public double Low { get; }

    /// <summary>The sample, or the percentile, that becomes white; 0 where the kind has none.</summary>
    public double High { get; }

    /// <summary>A fixed window.</summary>
    /// <param name="low">
    /// What becomes black: a sample as stored, or in DICOM the value after rescale slope and intercept.
    /// </param>
    /// <param name="high">What becomes white, above <paramref name="low"/>.</param>
    /// <exception cref="SemiDefectException">
    /// They are not finite, not in order, or above <see cref="LargestLimit"/>.
    /// </exception>
    public static IntensityRange Window(double low, double high) =>
        low < high && low >= -LargestLimit && high <= LargestLimit
            ? new(IntensityKind.Window, low, high)
            : throw new SemiDefectException(
                $"A window must go from a lower to a higher value, not from {Text(low)} to {Text(high)}.");

    /// <summary>
    /// Percentiles of each picture: the smallest sample that at least so many percent of its samples do not exceed.
    /// </summary>
    /// <param name="low">What becomes black, 0 or more.</param>
    /// <param name="high">What becomes white, above <paramref name="low"/> and at most 100.</param>
    /// <exception cref="SemiDefectException">They are out of range or not in order.</exception>
    public static IntensityRange Percentiles(double low, double high) =>
        low < high && low >= 0 && high <= 100
            ? new(IntensityKind.Percentiles, low, high)
            : throw new SemiDefectException(
                $"Percentiles must go up between 0 and 100, not from {Text(low)} to {Text(high)}.");

    /// <summary>In words, such as "window 100 to 900".</summary>
    public override string ToString() => Kind switch
    {
        IntensityKind.Full => "full range",
        IntensityKind.FileWindow => "window of the file",
        IntensityKind.Window => $"window {Text(Low)} to {Text(High)}",
        _ => $"percentiles {Text(Low)} to {Text(High)}",
    };

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
