using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>An <see cref="IntensityRange"/> other than the full range. Immutable and thread-safe.</summary>
/// <param name="Kind">How the limits are found.</param>
/// <param name="Low">The sample or percentile that becomes black; 0 for the window of a file.</param>
/// <param name="High">The sample or percentile that becomes white; 0 for the window of a file.</param>
internal sealed record IntensityRecord(IntensityKind Kind, double Low, double High)
{
    /// <summary>Whether the values are possible.</summary>
    internal bool IsValid => Kind switch
    {
        IntensityKind.Window =>
            Low < High && Low >= -IntensityRange.LargestLimit && High <= IntensityRange.LargestLimit,
        IntensityKind.Percentiles => Low < High && Low >= 0 && High <= 100,
        IntensityKind.FileWindow => Low == 0 && High == 0,
        _ => false,
    };

    /// <summary>The record of a range; null for the full one.</summary>
    internal static IntensityRecord? Of(IntensityRange range) =>
        range.Kind == IntensityKind.Full ? null : new IntensityRecord(range.Kind, range.Low, range.High);

    /// <summary>The range.</summary>
    internal IntensityRange ToRange() => Kind switch
    {
        IntensityKind.Window => IntensityRange.Window(Low, High),
        IntensityKind.Percentiles => IntensityRange.Percentiles(Low, High),
        _ => IntensityRange.FileWindow,
    };
}
