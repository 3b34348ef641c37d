using Spectre.Console;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The colors of decisions on a terminal; never where output is redirected or NO_COLOR is set.</summary>
internal static class TerminalColor
{
    private const string Reset = "\u001b[0m";

    /// <summary>Whether text for this writer is colored.</summary>
    public static bool IsUsed(TextWriter output) => ReferenceEquals(output, Console.Out)
        && !Console.IsOutputRedirected
        && AnsiConsole.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors };

    /// <summary>A text in the color of a decision: green, yellow, or bold red.</summary>
    public static string Of(Decision decision, string text)
    {
        string code = decision switch
        {
            Decision.Abnormal => "\u001b[1;31m",
            Decision.Check => "\u001b[33m",
            _ => "\u001b[32m",
        };
        return code + text + Reset;
    }
}
