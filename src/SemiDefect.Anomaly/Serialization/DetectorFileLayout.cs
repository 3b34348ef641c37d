using System.Globalization;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// The fixed part of a detector file, little-endian: magic (8 bytes), version (u32), zero (u32), header length (u64),
/// file length (u64), SHA-256 of the header (32). The JSON header follows at <see cref="PrefixLength"/>; the data part
/// begins at the next multiple of <see cref="Alignment"/> and holds the sections, each at such a multiple.
/// </summary>
internal static class DetectorFileLayout
{
    public const uint Version = 1;
    public const int PrefixLength = 64;
    public const int Alignment = 64;
    public const int LargestHeader = 1 << 27;
    public const int LargestBankCount = 1000;
    public const int LargestGoldenCount = 16;
    public const string BackboneSection = "backbone";

    public static ReadOnlySpan<byte> Magic => "SDADFILE"u8;

    public static string Vectors(int bank) => string.Create(CultureInfo.InvariantCulture, $"bank.{bank}.vectors");

    public static string Images(int bank) => string.Create(CultureInfo.InvariantCulture, $"bank.{bank}.images");

    public static string Patches(int bank) => string.Create(CultureInfo.InvariantCulture, $"bank.{bank}.patches");

    public static string GoldenPixels(int golden) => string.Create(CultureInfo.InvariantCulture, $"golden.{golden}.pixels");

    public static string GoldenFeatures(int golden) => string.Create(CultureInfo.InvariantCulture, $"golden.{golden}.features");

    public static string GoldenScores(int golden) => string.Create(CultureInfo.InvariantCulture, $"golden.{golden}.scores");

    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;
}
