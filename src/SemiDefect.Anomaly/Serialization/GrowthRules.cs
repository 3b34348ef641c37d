using System.Buffers;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Rules for the records of images, steps and golden images beyond their JSON types. Stateless and thread-safe.
/// </summary>
internal static class GrowthRules
{
    private const int HashLength = 64;

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The fault of a header, in words that follow "it", or null.</summary>
    public static string? FindFault(DetectorDocument document) =>
        document.Golden.Count > DetectorFileLayout.LargestGoldenCount ? "claims an impossible number of golden images"
        : document.Golden.Any(golden => !HasFigures(golden, document.Lanes.Count))
            ? "has a golden image without its figures"
        : document.Fit.Steps.Any(
            step => step is not { Kind: FitStep.Fit or FitStep.Update or FitStep.Merge, Images: >= 0, Rows: >= 1 })
            ? "names a step that cannot be"
        : document.Fit.ImageHashes.Count != 0 && document.Fit.ImageHashes.Count != document.Fit.Images.Count
            ? "has hashes for other images than it names"
        : document.Fit.ImageHashes.Any(
            hash => hash is not { Length: HashLength } || hash.AsSpan().ContainsAnyExcept(HexadecimalDigits))
            ? "holds a hash that is none"
        : null;

    private static bool HasFigures(GoldenRecord? golden, int lanes) =>
        golden is not null
        && golden.Lanes.Count == lanes
        && golden.Lanes.All(lane => lane?.Patches is not null)
        && golden is { OriginalWidth: >= 0, OriginalHeight: >= 0 }
        && double.IsFinite(golden.Score)
        && double.IsFinite(golden.Peak);
}
