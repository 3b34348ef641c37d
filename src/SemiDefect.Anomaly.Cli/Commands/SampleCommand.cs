using System.CommandLine;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect sample</c>: the generated sample set.</summary>
internal static class SampleCommand
{
    public static Command Create() => new("sample", "Generate the sample set.");
}
