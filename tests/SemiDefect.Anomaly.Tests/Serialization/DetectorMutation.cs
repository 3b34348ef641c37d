namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>A changed detector file.</summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="Bytes">The file.</param>
/// <param name="End">The expected outcome of reading it.</param>
internal sealed record DetectorMutation(string Kind, byte[] Bytes, MutationEnd End);
