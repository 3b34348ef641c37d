using SemiDefect.Anomaly.Gpu.Tests.Support;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>The body on ILGPU's emulation, which is everywhere.</summary>
[BoundTo(Kind = AcceleratorKind.Emulated)]
public sealed class EmulatedAcceleratorTests() : AcceleratorTests(AcceleratorKind.Emulated);
