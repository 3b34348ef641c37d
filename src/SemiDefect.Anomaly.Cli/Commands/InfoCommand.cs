using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect info</c>: what a detector file holds.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("info", "Show what a detector file holds, after checking all of it.") { model, json };
        command.SetAction((parsed, _) =>
        {
            string path = parsed.GetRequiredValue(model);
            var document = AnomalyDetector.ReadDocument(path);
            if (parsed.GetValue(json))
            {
                DetectorSummary.WriteJson(parsed.InvocationConfiguration.Output, document, path);
            }
            else
            {
                DetectorSummary.WriteText(parsed.InvocationConfiguration.Output, document, path);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
