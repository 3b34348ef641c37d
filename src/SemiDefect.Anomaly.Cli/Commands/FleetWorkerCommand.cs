using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fleet worker</c>: inspects and encodes for others until it is stopped.</summary>
internal static class FleetWorkerCommand
{
    public static Command Create()
    {
        var fleet = new FleetOptionSet();
        var name = new Option<string?>("--name")
        {
            Description = "The name of the worker, which no other worker has; by default that of the machine with the "
                + "number of the process.",
            HelpName = "NAME",
        };
        var shared = new Option<string?>("--shared")
        {
            Description = "A folder of images that all machines share: images in it may be named instead of sent.",
            HelpName = "DIR",
        };
        var cache = new Option<string?>("--cache")
        {
            Description = "The folder for detector files; by default one of the user.",
            HelpName = "DIR",
        };
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<int> threads = GlobalOptions.Threads();
        var imageLimits = new ImageLimitOptions();
        var command = new Command(
            "worker",
            "Take images to inspect and views to encode until Ctrl-C. Exits with "
                + $"{ExitCode.CouldFlip} if this machine computes other results than the one that fitted the detector.")
        {
            name, shared, cache, device, threads,
        };
        fleet.AddTo(command);
        imageLimits.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            TextWriter output = TextWriter.Synchronized(parsed.InvocationConfiguration.Output);
            string home = Path.GetDirectoryName(BackboneFile.UserFolder)!;
            var options = new FleetWorkerOptions
            {
                Fleet = fleet.Read(parsed),
                Threads = GlobalOptions.ReadThreads(parsed, threads),
                CacheFolder = parsed.GetValue(cache) ?? Path.Combine(home, "fleet"),
                SharedFolder = parsed.GetValue(shared),
                Load = new LoadOptions
                {
                    Device = parsed.GetValue(device),
                    ImageLimits = imageLimits.Read(parsed),
                    Logger = LineLogger.ForErrors(parsed),
                },
                Logger = new LineLogger(output),
            };
            FleetWorker worker = UsageException.Guard(
                () => new FleetWorker(parsed.GetValue(name) is { } given ? options with { Name = given } : options));
            try
            {
                await worker.RunAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ShutOutException error)
            {
                parsed.InvocationConfiguration.Error.WriteLine(
                    $"semidefect: shut out: {Text.Printable(error.Message)}");
                return ExitCode.CouldFlip;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The way to stop a worker.
            }

            return ExitCode.Done;
        });
        return command;
    }
}
