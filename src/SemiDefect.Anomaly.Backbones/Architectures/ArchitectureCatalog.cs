using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>The networks whose weights can be imported. Thread-safe.</summary>
internal static class ArchitectureCatalog
{
    /// <summary>All architectures.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new ResNetArchitecture("resnet18", [2, 2, 2, 2], Bottleneck: false),
        new ResNetArchitecture("resnet34", [3, 4, 6, 3], Bottleneck: false),
        new ResNetArchitecture("resnet50", [3, 4, 6, 3]),
        new ResNetArchitecture("resnet101", [3, 4, 23, 3]),
        new ResNetArchitecture("wide_resnet50_2", [3, 4, 6, 3], GroupWidth: 128),
        new ResNetArchitecture("wide_resnet101_2", [3, 4, 23, 3], GroupWidth: 128),
        new ResNetArchitecture("resnext50_32x4d", [3, 4, 6, 3], Groups: 32, GroupWidth: 4),
        new ResNetArchitecture("resnext101_32x8d", [3, 4, 23, 3], Groups: 32, GroupWidth: 8),
        new EfficientNetArchitecture("efficientnet_b0", [1, 2, 2, 3, 3, 4, 1]),
        new EfficientNetArchitecture("efficientnet_b1", [2, 3, 3, 4, 4, 5, 2]),
        new DenseNetArchitecture("densenet121", [6, 12, 24, 16]),
        new DenseNetArchitecture("densenet201", [6, 12, 48, 32]),
    ];

    /// <summary>Finds an architecture by name.</summary>
    /// <exception cref="BackboneException">There is no architecture of that name.</exception>
    public static Architecture Find(string name) =>
        All.FirstOrDefault(architecture => string.Equals(architecture.Name, name, StringComparison.Ordinal))
        ?? throw new BackboneException(
            $"There is no architecture '{name}': choose one of "
                + $"{string.Join(", ", All.Select(architecture => architecture.Name))}.");
}
