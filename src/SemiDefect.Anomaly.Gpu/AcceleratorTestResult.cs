namespace SemiDefect.Anomaly.Gpu;

/// <summary>What <see cref="AcceleratorSelfTest"/> found.</summary>
/// <param name="Passed">Whether the accelerator may be used.</param>
/// <param name="Detail">What was found, without a full stop.</param>
/// <param name="Seconds">How long it took, with compiling the kernels.</param>
public sealed record AcceleratorTestResult(bool Passed, string Detail, double Seconds);
