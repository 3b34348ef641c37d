using SemiDefect.Anomaly.Gpu.Tests.Support;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>Runs the tests on the first OpenCL device.</summary>
[BoundTo(Kind = AcceleratorKind.OpenCL)]
public sealed class OpenCLAcceleratorTests() : AcceleratorTests(AcceleratorKind.OpenCL);
