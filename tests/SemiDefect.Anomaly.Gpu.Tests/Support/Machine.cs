namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>The accelerators of this machine.</summary>
internal static class Machine
{
    private static readonly Lazy<IReadOnlyList<AcceleratorDescription>> All = new(AcceleratorChoice.List);

    /// <summary>The first accelerator of a kind, or null.</summary>
    public static AcceleratorDescription? Find(AcceleratorKind kind) =>
        All.Value.FirstOrDefault(device => device.Kind == kind);
}
