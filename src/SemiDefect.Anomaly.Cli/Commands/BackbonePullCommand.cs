using System.CommandLine;
using SemiDefect.Anomaly.Backbones.Pulling;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect backbone pull</c>: downloads published weights to the user's backbone folder.</summary>
internal static class BackbonePullCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME")
        {
            Description = $"The weights: {string.Join(", ", BackbonePuller.Names)}.",
        };
        var from = new Option<string?>("--from")
        {
            Description = "An https address or a file to read the weights from, instead of the published location.",
            HelpName = "URL|FILE",
        };
        var sha256 = new Option<string?>("--sha256")
        {
            Description = "The expected SHA-256, or at least its first 8 digits, instead of the published one.",
            HelpName = "HEX",
        };
        Option<string?> taps = BackboneCommand.TapsOption("The outputs: modules such as layer2,layer3.");
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "pull",
            "Download published weights, verify their SHA-256, and make a named backbone from them.")
        {
            name, from, sha256, taps, json,
        };
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

    private static (string Path, BackboneManifest Manifest) Pull(
        string name,
        PullOptions options,
        CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            using var puller = new BackbonePuller();

            // Block this thread: the display is not thread-safe, and nothing else runs here.
            return puller.PullAsync(name, options, new DownloadDisplay(display), cancellationToken)
                .GetAwaiter()
                .GetResult();
        });

    private sealed class DownloadDisplay(ProgressDisplay display) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            // In KiB, because the bytes of a file over 2 GiB would overflow.
            int done = (int)(value.Bytes >> 10);
            display.Report("Downloading weights", done, value.Total is { } total ? (int)(total >> 10) : done * 2);
        }
    }
}
