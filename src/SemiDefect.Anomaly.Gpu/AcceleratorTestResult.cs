namespace SemiDefect.Anomaly.Gpu;

/// <summary>The result of <see cref="AcceleratorSelfTest"/>. Immutable and thread-safe.</summary>
/// <param name="Passed">Whether the accelerator can be used.</param>
/// <param name="Detail">The finding, without a period.</param>
/// <param name="Seconds">The duration, including kernel compilation.</param>
public sealed record AcceleratorTestResult(bool Passed, string Detail, double Seconds);
