using System.Globalization;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// The fixed part of a detector file, little-endian: magic (8 bytes), version (u32), zero (u32), header length (u64),
/// file length (u64), SHA-256 of the header (32). The JSON header follows at <see cref="PrefixLength"/>; the data part
/// begins at the next multiple of <see cref="Alignment"/> and holds the sections, each at such a multiple.
/// </summary>
internal static class DetectorFileLayout
{
    public const uint FirstVersion = 1;
    public const uint Version = 2;
    public const int PrefixLength = 64;
    public const int Alignment = 64;
    public const int LargestHeader = 1 << 27;
    public const int LargestBankCount = 1000;
    public const int LargestLaneCount = 64;
    public const int LargestGoldenCount = 16;

    public static ReadOnlySpan<byte> Magic => "SDADFILE"u8;

    public static string Network(string sha256) => $"network.{sha256}";

    public static string Mask(string sha256) => $"mask.{sha256}";

    public static string Vectors(int bank) => Name("bank", bank, "vectors");

    public static string Images(int bank) => Name("bank", bank, "images");

    public static string Patches(int bank) => Name("bank", bank, "patches");

    public static string Projection(int lane) => Name("lane", lane, "projection");

    public static string Whitening(int lane) => Name("lane", lane, "whitening");

    public static string GoldenPixels(int golden, int lane) => Name("golden", golden, Name("lane", lane, "pixels"));

    public static string GoldenFeatures(int golden, int lane) => Name("golden", golden, Name("lane", lane, "features"));

    public static string Names => "names.weights";

    public static string GoldenScores(int golden) => Name("golden", golden, "scores");

    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    /// <summary>The name, in format 2, of a section of format 1; its content is the same.</summary>
    /// <param name="name">The name in format 1.</param>
    /// <param name="networkSha256">SHA-256 of the one network.</param>
    public static string FromFormat1(string name, string networkSha256) =>
        name == "backbone" ? Network(networkSha256)
        : name.StartsWith("golden.", StringComparison.Ordinal) && name.EndsWith(".pixels", StringComparison.Ordinal)
            ? name.Replace(".pixels", ".lane.0.pixels", StringComparison.Ordinal)
        : name.StartsWith("golden.", StringComparison.Ordinal) && name.EndsWith(".features", StringComparison.Ordinal)
            ? name.Replace(".features", ".lane.0.features", StringComparison.Ordinal)
        : name;

    private static string Name(string kind, int index, string part) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}.{index}.{part}");
}
