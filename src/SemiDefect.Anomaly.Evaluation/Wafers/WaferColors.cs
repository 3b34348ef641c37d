namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>The colors in which wafer maps are shown to people. Stateless.</summary>
internal static class WaferColors
{
    /// <summary>R, G and B of each state: black where no die is, green for pass, red for fail.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [[0, 0, 0], [46, 160, 67], [218, 54, 51]];
}
