using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect info</c>: shows the contents of a detector file.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("info", "Show the contents of a detector file after verifying its integrity.")
        {
            model, json,
        };
        command.SetAction((parsed, _) =>
        {
            string path = Wildcards.One(parsed.GetRequiredValue(model));
            (DetectorDescription detector, DetectorFingerprint fingerprint) = AnomalyDetector.ReadSummary(path);
            DetectorSummary.Write(
                parsed.InvocationConfiguration.Output, detector, fingerprint, path, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
