using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Support;

/// <summary>Options for fits with <see cref="CellEncoder"/> on unresized images.</summary>
internal static class CellFits
{
    /// <summary>Keeps all patches, so that results depend on the views only.</summary>
    public static FitOptions Options(CellEncoder? encoder = null) => FitPresets.Create(FitPresets.Fast) with
    {
        Encoder = encoder ?? new CellEncoder(),
        Resize = ResizeKind.None,
        Coreset = new CoresetOptions(fraction: 1),
        Map = new AnomalyMapOptions { BlurSigma = 0, Upsampling = MapUpsampling.Nearest },
        GoldenImages = 0,
    };
}
