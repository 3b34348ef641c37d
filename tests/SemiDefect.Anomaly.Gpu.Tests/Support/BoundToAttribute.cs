namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>The kind of accelerator that a class runs the tests on.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BoundToAttribute : Attribute
{
    public AcceleratorKind Kind { get; set; }
}
