namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>The accelerators of this machine.</summary>
internal static class Machine
{
    private static readonly Lazy<IReadOnlyList<AcceleratorDescription>> _all = new(AcceleratorChoice.List);

    /// <summary>The first of a kind, or null.</summary>
    public static AcceleratorDescription? Find(AcceleratorKind kind) => _all.Value.FirstOrDefault(device => device.Kind == kind);
}
