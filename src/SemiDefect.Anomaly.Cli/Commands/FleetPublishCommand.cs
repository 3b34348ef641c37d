using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fleet publish</c>: gives the workers a new version of a model.</summary>
internal static class FleetPublishCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var name = new Option<string?>("--name")
        {
            Description = "The name of the model; by default that of the file.",
            HelpName = "NAME",
        };
        var fleet = new FleetOptionSet();
        var command = new Command("publish", "Store a detector file for the workers and make it the current version.")
        {
            model, name,
        };
        fleet.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = Wildcards.One(parsed.GetRequiredValue(model));
            FleetModel published = await FleetPublisher.PublishAsync(
                fleet.Read(parsed),
                path,
                parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(path),
                cancellationToken).ConfigureAwait(false);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{published.Name} is now {published.Fingerprint} ({Text.Printable(path)})");
            return ExitCode.Done;
        });
        return command;
    }
}
