using System.CommandLine;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// Says how a data set was understood: in the output, or, where that is JSON, beside it. Says nothing of a folder of
/// images in no layout.
/// </summary>
internal static class DatasetSummary
{
    public static void Write(InvocationConfiguration streams, string? summary, bool json)
    {
        if (summary is not null)
        {
            (json ? streams.Error : streams.Output)
                .WriteLine($"{(json ? "semidefect: " : string.Empty)}{Text.Printable(summary)}");
        }
    }
}
