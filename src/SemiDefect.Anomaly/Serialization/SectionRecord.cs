namespace SemiDefect.Anomaly.Serialization;

/// <summary>The position of a section in a detector file.</summary>
/// <param name="Name">backbone, or bank.N.vectors, bank.N.images, bank.N.patches, golden.N.pixels, golden.N.features,
/// golden.N.scores.</param>
/// <param name="Offset">Bytes from the start of the data part, a multiple of 64.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, hexadecimal.</param>
internal sealed record SectionRecord(string Name, long Offset, long Length, string Sha256);
