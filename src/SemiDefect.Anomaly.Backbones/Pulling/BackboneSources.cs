using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>
/// The sources of published weights. torchvision's file names end with the first eight hexadecimal digits of their
/// SHA-256 (torchvision.models, "weights"). The timm repositories have the same first versions as .safetensors; their
/// server provides the SHA-256 of a large file in the header X-Linked-ETag. Thread-safe.
/// </summary>
internal static class BackboneSources
{
    /// <summary>
    /// torchvision's files: our name, the architecture, the digits in the file name, the number of parameters.
    /// </summary>
    private static readonly (string Name, string Architecture, string File, long Parameters)[] Torchvision =
    [
        ("resnet18", "resnet18", "resnet18-f37072fd", 11_689_512),
        ("resnet34", "resnet34", "resnet34-b627a593", 21_797_672),
        ("resnet50", "resnet50", "resnet50-0676ba61", 25_557_032),
        ("resnet50.v2", "resnet50", "resnet50-11ad3fa6", 25_557_032),
        ("resnet101", "resnet101", "resnet101-63fe2227", 44_549_160),
        ("resnet101.v2", "resnet101", "resnet101-cd907fc2", 44_549_160),
        ("wide_resnet50_2", "wide_resnet50_2", "wide_resnet50_2-95faca4d", 68_883_240),
        ("wide_resnet50_2.v2", "wide_resnet50_2", "wide_resnet50_2-9ba9bcbe", 68_883_240),
        ("wide_resnet101_2", "wide_resnet101_2", "wide_resnet101_2-32ee1156", 126_886_696),
        ("wide_resnet101_2.v2", "wide_resnet101_2", "wide_resnet101_2-d733dc28", 126_886_696),
        ("resnext50_32x4d", "resnext50_32x4d", "resnext50_32x4d-7cdf4587", 25_028_904),
        ("resnext50_32x4d.v2", "resnext50_32x4d", "resnext50_32x4d-1a0047aa", 25_028_904),
        ("resnext101_32x8d", "resnext101_32x8d", "resnext101_32x8d-8ba56ff5", 88_791_336),
        ("resnext101_32x8d.v2", "resnext101_32x8d", "resnext101_32x8d-110c445d", 88_791_336),
        ("efficientnet_b0", "efficientnet_b0", "efficientnet_b0_rwightman-3dd342df", 5_288_548),
        ("efficientnet_b1", "efficientnet_b1", "efficientnet_b1_rwightman-533bc792", 7_794_184),
        ("efficientnet_b1.v2", "efficientnet_b1", "efficientnet_b1-c27df63c", 7_794_184),
        ("densenet121", "densenet121", "densenet121-a639ec97", 7_978_856),
        ("densenet201", "densenet201", "densenet201-c1103571", 20_013_928),
    ];

    /// <summary>
    /// The architectures for which timm has torchvision's first weights with torchvision's parameter names.
    /// </summary>
    private static readonly string[] Timm =
    [
        "resnet18", "resnet34", "resnet50", "resnet101", "wide_resnet50_2", "wide_resnet101_2",
        "resnext50_32x4d", "resnext101_32x8d", "densenet121", "densenet201",
    ];

    /// <summary>All sources.</summary>
    public static IReadOnlyList<BackboneSource> All { get; } =
    [
        .. Torchvision.Select(entry => new BackboneSource(
            entry.Name,
            entry.Architecture,
            new Uri($"https://download.pytorch.org/models/{entry.File}.pth"),
            entry.File[^8..],
            MostBytes(entry.Parameters))),
        .. Timm.Select(architecture => new BackboneSource(
            $"timm/{architecture}.tv_in1k",
            architecture,
            new Uri($"https://huggingface.co/timm/{architecture}.tv_in1k/resolve/main/model.safetensors"),
            null,
            MostBytes(Torchvision.First(entry => entry.Architecture == architecture).Parameters))),
    ];

    /// <summary>Finds weights by name.</summary>
    /// <exception cref="BackboneException">There are no weights of that name.</exception>
    public static BackboneSource Find(string name) =>
        All.FirstOrDefault(source => string.Equals(source.Name, name, StringComparison.Ordinal))
        ?? throw new BackboneException(
            $"There are no weights '{name}' to pull: choose one of "
                + $"{string.Join(", ", All.Select(source => source.Name))}.");

    /// <summary>Four bytes per parameter, plus a tenth for running statistics, and room for an index.</summary>
    private static long MostBytes(long parameters) => parameters * 4 / 10 * 11 + (8 << 20);
}
