using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Which samples of deep pictures become black and white.</summary>
/// <param name="Kind">window, percentiles or fileWindow.</param>
/// <param name="Low">The sample or percentile that becomes black; null for the window of each file.</param>
/// <param name="High">The sample or percentile that becomes white; null for the window of each file.</param>
internal sealed record IntensityJson(string Kind, double? Low, double? High)
{
    /// <summary>The range; null for the full one.</summary>
    public static IntensityJson? Of(IntensityRange range) => range.Kind switch
    {
        IntensityKind.Window => new("window", range.Low, range.High),
        IntensityKind.Percentiles => new("percentiles", range.Low, range.High),
        IntensityKind.FileWindow => new("fileWindow", null, null),
        _ => null,
    };
}
