using SemiDefect.Anomaly.Backbones.Architectures;

namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>Published weights.</summary>
/// <param name="Name">What <c>pull</c> calls them.</param>
/// <param name="Architecture">The architecture that they belong to.</param>
/// <param name="Address">Where they are.</param>
/// <param name="Sha256">The first hexadecimal digits of their SHA-256; null where the server of <paramref name="Address"/> tells it.</param>
/// <param name="MostBytes">More than the file can have.</param>
internal sealed record BackboneSource(string Name, string Architecture, Uri Address, string? Sha256, long MostBytes)
{
    /// <summary>torchvision and the timm repositories of its weights publish under this license.</summary>
    public const string License = "BSD-3-Clause";
}
