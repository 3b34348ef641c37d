using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Server;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Watching;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect watch</c>: inspects the images that arrive in a folder, until it is stopped.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "The detector file; with --server, the name of a model there.",
        };
        var folder = new Argument<string>("FOLDER") { Description = "The folder to watch." };
        var outputPath = new Option<string>("--out")
        {
            Description = "The folder for images, reports and the journal: normal/, check/, abnormal/, unreadable/, "
                + "watch.db.",
            HelpName = "DIR",
            Required = true,
        };
        var keep = new Option<bool>("--keep")
        {
            Description = "Leave the images in place; write only their reports to --out.",
        };
        var heatmaps = new Option<bool>("--heatmaps")
        {
            Description = "Write a heatmap of each image that is abnormal or to be checked beside its report (PNG).",
        };
        var webhook = new Option<string?>("--webhook")
        {
            Description = "Post each report (JSON) to this address, and retry until it is accepted.",
            HelpName = "URL",
        };
        var server = new Option<string?>("--server")
        {
            Description = "Let this server inspect, with its active version, and keep the images in its history.",
            HelpName = "URL",
        };
        var keyFile = new Option<string?>("--api-key-file")
        {
            Description = "A file with the API key for --server.",
            HelpName = "FILE",
        };
        var station = new Option<string?>("--station")
        {
            Description = "The station that the history of --server names for the images.",
            HelpName = "NAME",
        };
        var settle = new Option<double>("--settle")
        {
            Description = "How long a file must be unchanged to count as complete, in seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 2,
        };
        var interval = new Option<double>("--interval")
        {
            Description = "The interval between folder scans, in seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 1,
        };
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<int> threads = GlobalOptions.Threads();
        var command = new Command("watch", "Inspect each image that arrives in a folder, until Ctrl-C.")
        {
            model, folder, outputPath, keep, heatmaps, webhook, server, keyFile, station, settle, interval, device,
            threads,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            TextWriter output = TextWriter.Synchronized(parsed.InvocationConfiguration.Output);
            using FolderWatcher watcher = FolderWatcher.Open(new WatchOptions
            {
                ModelPath = Wildcards.One(parsed.GetRequiredValue(model)),
                Folder = parsed.GetRequiredValue(folder),
                OutputFolder = parsed.GetRequiredValue(outputPath),
                Move = !parsed.GetValue(keep),
                Heatmaps = parsed.GetValue(heatmaps),
                Webhook = parsed.GetValue(webhook) is { } address
                    ? GlobalOptions.HttpAddress("--webhook", address)
                    : null,
                Server = parsed.GetValue(server) is { } url ? GlobalOptions.HttpAddress("--server", url) : null,
                ApiKey = parsed.GetValue(keyFile) is { } file ? Key(file) : null,
                Station = parsed.GetValue(station) is not { } name ? null
                    : parsed.GetValue(server) is not null ? name
                    : throw new UsageException("--station names images in the history of a server: give --server."),
                Settle = Seconds("--settle", parsed.GetValue(settle), lowest: 0),
                Interval = Seconds("--interval", parsed.GetValue(interval), lowest: 0.1),
                Device = parsed.GetValue(device),
                Threads = parsed.GetValue(threads),
                LoggerFactory = new LineLogger(output),
            });
            output.WriteLine($"watching {parsed.GetRequiredValue(folder)}");
            await watcher.RunAsync(cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static string Key(string file) => InspectionServer.ReadKeyFile(file) is [AccessKey key]
        ? key.Key
        : throw new UsageException($"'{file}' must hold one key.");

    private static TimeSpan Seconds(string option, double value, double lowest) => value >= lowest && value <= 3600
        ? TimeSpan.FromSeconds(value)
        : throw new UsageException(string.Create(
            CultureInfo.InvariantCulture,
            $"{option} must be between {lowest} and 3600 seconds."));
}
