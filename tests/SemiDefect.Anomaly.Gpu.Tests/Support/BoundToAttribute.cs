namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>The kind of accelerator on which a class runs the tests.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BoundToAttribute : Attribute
{
    public AcceleratorKind Kind { get; set; }
}
