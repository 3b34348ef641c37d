using SemiDefect.Anomaly.Gpu.Tests.Support;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>Runs the tests on the first CUDA device.</summary>
[BoundTo(Kind = AcceleratorKind.Cuda)]
public sealed class CudaAcceleratorTests() : AcceleratorTests(AcceleratorKind.Cuda);
