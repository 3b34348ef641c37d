namespace SemiDefect.Anomaly.Tests.Bundles;

/// <summary>A section of a detector file.</summary>
internal sealed record DetectorSection(string Name, byte[] Content);
