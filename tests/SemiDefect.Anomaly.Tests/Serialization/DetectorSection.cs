namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>A section of a detector file.</summary>
internal sealed record DetectorSection(string Name, byte[] Content);
