namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>Published weights. Immutable and thread-safe.</summary>
/// <param name="Name">Their name in <c>pull</c>.</param>
/// <param name="Architecture">The architecture that they belong to.</param>
/// <param name="Address">Their address.</param>
/// <param name="Sha256">
/// The first hexadecimal digits of their SHA-256; null if the server of <paramref name="Address"/> provides it.
/// </param>
/// <param name="MostBytes">An upper limit of the file size.</param>
internal sealed record BackboneSource(string Name, string Architecture, Uri Address, string? Sha256, long MostBytes)
{
    /// <summary>The license of torchvision and of the timm repositories of its weights.</summary>
    public const string License = "BSD-3-Clause";
}
