namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>A request that <see cref="LoopbackServer"/> received.</summary>
internal sealed record LoopbackRequest(string Path, long? RangeStart);
