namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>A changed detector file.</summary>
/// <param name="Kind">What was done to it.</param>
/// <param name="Bytes">The file.</param>
/// <param name="End">How reading it must end.</param>
internal sealed record DetectorMutation(string Kind, byte[] Bytes, MutationEnd End);
