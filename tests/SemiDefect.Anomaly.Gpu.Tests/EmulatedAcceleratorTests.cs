using SemiDefect.Anomaly.Gpu.Tests.Support;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>Runs the tests on ILGPU's emulator, which is always available.</summary>
[BoundTo(Kind = AcceleratorKind.Emulated)]
[Trait("Speed", "Slow")]
public sealed class EmulatedAcceleratorTests() : AcceleratorTests(AcceleratorKind.Emulated);
