using System.CommandLine;
using SemiDefect.Anomaly.Backbones.Pulling;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect backbone pull</c>: published weights into the user's folder of backbones.</summary>
internal static class BackbonePullCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = $"The weights: {string.Join(", ", BackbonePuller.Names)}." };
        var from = new Option<string?>("--from") { Description = "Take the weights from an https address or a file instead of where they are published.", HelpName = "URL|FILE" };
        var sha256 = new Option<string?>("--sha256") { Description = "The SHA-256 that they must have, or its first 8 digits or more, instead of the published one.", HelpName = "HEX" };
        Option<string?> taps = BackboneCommand.TapsOption("The outputs: modules such as layer2,layer3.");
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("pull", "Fetch published weights, check their SHA-256, and make a backbone of them that can be named.") { name, from, sha256, taps, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            PullOptions options = UsageException.Guard(() => new PullOptions
            {
                From = parsed.GetValue(from),
                Sha256 = parsed.GetValue(sha256),
                Taps = BackboneCommand.Taps(parsed.GetValue(taps)),
            });
            (string path, BackboneManifest manifest) = Pull(parsed.GetRequiredValue(name), options, cancellationToken);
            BackboneSummary.Write(parsed.InvocationConfiguration.Output, path, manifest, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static (string Path, BackboneManifest Manifest) Pull(string name, PullOptions options, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            using var puller = new BackbonePuller();

            // The display belongs to this thread; nothing else runs here.
            return puller.PullAsync(name, options, new DownloadDisplay(display), cancellationToken).GetAwaiter().GetResult();
        });

    private sealed class DownloadDisplay(ProgressDisplay display) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            // In KiB: a file of more than 2 GiB would not fit otherwise.
            int done = (int)(value.Bytes >> 10);
            display.Report("Fetching weights", done, value.Total is { } total ? (int)(total >> 10) : done * 2);
        }
    }
}
