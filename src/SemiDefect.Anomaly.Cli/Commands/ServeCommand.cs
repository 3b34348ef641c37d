using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Server;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect serve</c>: runs the production-line server until it is stopped.</summary>
internal static class ServeCommand
{
    private const double Mega = 1 << 20;

    public static Command Create()
    {
        var models = new Option<string>("--models")
        {
            Description = "The folder of the detector files.",
            HelpName = "DIR",
            Required = true,
        };
        var urls = new Option<string[]>("--urls")
        {
            Description = "Where to listen; other addresses than loopback ones need --api-key-file.",
            HelpName = "URL",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["http://127.0.0.1:8080"],
        };
        var data = new Option<string>("--data")
        {
            Description = "The folder of the history, the pictures and the training images.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "semidefect-data",
        };
        var keyFile = new Option<string?>("--api-key-file")
        {
            Description = "A file with the key that every call must carry.",
            HelpName = "FILE",
        };
        var queue = new Option<int>("--queue")
        {
            Description = "Images accepted and not answered; beyond it, 429.",
            DefaultValueFactory = _ => 64,
        };
        var batch = new Option<int>("--batch")
        {
            Description = "Images inspected together at most.",
            DefaultValueFactory = _ => 8,
        };
        var delay = new Option<double>("--batch-delay")
        {
            Description = "How long an image may wait for others, in milliseconds.",
            HelpName = "MS",
            DefaultValueFactory = _ => 5,
        };
        var imageBytes = new Option<double>("--max-image-mb")
        {
            Description = "The largest image.",
            HelpName = "MB",
            DefaultValueFactory = _ => 64,
        };
        var pixels = new Option<double>("--max-megapixels")
        {
            Description = "The most pixels of an image, in millions.",
            HelpName = "N",
            DefaultValueFactory = _ => 50,
        };
        var timeout = new Option<double>("--timeout")
        {
            Description = "How long a request may take.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 30,
        };
        var pictures = new Option<double>("--keep-pictures-gb")
        {
            Description = "Inspected images and maps kept; beyond it, the oldest go.",
            HelpName = "GB",
            DefaultValueFactory = _ => 10,
        };
        var history = new Option<long>("--keep-inspections")
        {
            Description = "Inspections that the history keeps.",
            HelpName = "N",
            DefaultValueFactory = _ => 10_000_000,
        };
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<int> threads = GlobalOptions.Threads();
        var command = new Command("serve", "Serve an API and a page to inspect images with; stops at Ctrl-C.")
        {
            models, urls, data, keyFile, queue, batch, delay, imageBytes, pixels, timeout, pictures, history, device,
            threads,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = TextWriter.Synchronized(parsed.InvocationConfiguration.Output);
            long largest = (long)(parsed.GetValue(imageBytes) * Mega);
            var options = new ServerOptions
            {
                ModelsFolder = parsed.GetRequiredValue(models),
                DataFolder = Path.GetFullPath(parsed.GetRequiredValue(data)),
                Urls = parsed.GetRequiredValue(urls),
                ApiKey = parsed.GetValue(keyFile) is { } file ? InspectionServer.ReadKeyFile(file) : null,
                QueueCapacity = parsed.GetValue(queue),
                BatchSize = parsed.GetValue(batch),
                BatchDelay = TimeSpan.FromMilliseconds(parsed.GetValue(delay)),
                MaxImageBytes = (int)Math.Min(largest, int.MaxValue),
                MaxRequestBytes = Math.Max(4 * largest, 1),
                MaxPendingBytes = Math.Max(8 * largest, 1),
                MaxPixels = (long)(parsed.GetValue(pixels) * 1e6),
                RequestTimeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                PictureBytes = (long)(parsed.GetValue(pictures) * 1024 * Mega),
                MaxInspections = parsed.GetValue(history),
                Device = parsed.GetValue(device),
                Threads = parsed.GetValue(threads),
                LoggerFactory = new LineLogger(output),
            };
            return RunAsync(options, output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ServerOptions options,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        UsageException.Guard(() =>
        {
            options.Validate();
            return true;
        });
        InspectionServer server = InspectionServer.Create(options);
        await using (server.ConfigureAwait(false))
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            foreach (string address in server.Addresses)
            {
                output.WriteLine($"listening on {address}");
            }

            await Task.Delay(Timeout.Infinite, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await server.StopAsync().ConfigureAwait(false);
        }

        return ExitCode.Done;
    }
}
