namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>What a client asked of <see cref="LoopbackServer"/>.</summary>
internal sealed record LoopbackRequest(string Path, long? RangeStart);
