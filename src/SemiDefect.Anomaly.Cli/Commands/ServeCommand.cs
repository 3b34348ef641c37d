using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Server;
using SemiDefect.Anomaly.Server.Publishing;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect serve</c>: runs the inspection server until it is stopped.</summary>
internal static class ServeCommand
{
    private const double Mega = 1 << 20;

    public static Command Create()
    {
        var models = new Option<string>("--models")
        {
            Description = "The folder of detector files.",
            HelpName = "DIR",
            Required = true,
        };
        var urls = new Option<string[]>("--urls")
        {
            Description = "The addresses to listen on; addresses other than loopback require --api-key-file.",
            HelpName = "URL",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["http://127.0.0.1:8080"],
        };
        var data = new Option<string>("--data")
        {
            Description = "The folder for the history, inspected images and training images.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "semidefect-data",
        };
        var keyFile = new Option<string?>("--api-key-file")
        {
            Description = "A file with the API keys: one key, or lines of ROLE NAME KEY (view, operate, engineer).",
            HelpName = "FILE",
        };
        var mqtt = new Option<string?>("--mqtt")
        {
            Description = "Publish every decision to this MQTT broker; mqtts:// is TLS.",
            HelpName = "mqtt://HOST:PORT",
        };
        var mqttTopic = new Option<string>("--mqtt-topic")
        {
            Description = "The beginning of the MQTT topics.",
            HelpName = "TOPIC",
            DefaultValueFactory = _ => "semidefect",
        };
        var mqttUser = new Option<string?>("--mqtt-user")
        {
            Description = "The user of the MQTT broker.",
            HelpName = "NAME",
        };
        var mqttPassword = new Option<string?>("--mqtt-password-file")
        {
            Description = "A file with the password of that user.",
            HelpName = "FILE",
        };
        var webhook = new Option<string?>("--webhook")
        {
            Description = "Post JSON to this address when the scores of a model begin and cease to drift.",
            HelpName = "URL",
        };
        var queue = new Option<int>("--queue")
        {
            Description = "The maximum number of pending images; further requests get status 429.",
            DefaultValueFactory = _ => 64,
        };
        var batch = new Option<int>("--batch")
        {
            Description = "The maximum number of images inspected together.",
            DefaultValueFactory = _ => 8,
        };
        var delay = new Option<double>("--batch-delay")
        {
            Description = "The maximum time an image waits for a batch to fill, in milliseconds.",
            HelpName = "MS",
            DefaultValueFactory = _ => 5,
        };
        var imageBytes = new Option<double>("--max-image-mb")
        {
            Description = "The maximum size of an image file, in MB.",
            HelpName = "MB",
            DefaultValueFactory = _ => 64,
        };
        var pixels = new Option<double>("--max-megapixels")
        {
            Description = "The maximum number of pixels of an image, in millions.",
            HelpName = "N",
            DefaultValueFactory = _ => 50,
        };
        var timeout = new Option<double>("--timeout")
        {
            Description = "The maximum duration of a request, in seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 30,
        };
        var pictures = new Option<double>("--keep-pictures-gb")
        {
            Description = "The disk space for inspected images and maps, in GB; beyond it, the oldest are deleted.",
            HelpName = "GB",
            DefaultValueFactory = _ => 10,
        };
        var history = new Option<long>("--keep-inspections")
        {
            Description = "The number of inspections to keep in the history.",
            HelpName = "N",
            DefaultValueFactory = _ => 10_000_000,
        };
        var fleet = new FleetOptionSet("Have images inspected by the workers of a fleet. ");
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<int> threads = GlobalOptions.Threads();
        var command = new Command("serve", "Serve the inspection API and web page until Ctrl-C.")
        {
            models, urls, data, keyFile, mqtt, mqttTopic, mqttUser, mqttPassword, webhook, queue, batch, delay,
            imageBytes, pixels, timeout, pictures, history, device, threads,
        };
        fleet.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = TextWriter.Synchronized(parsed.InvocationConfiguration.Output);
            long largest = (long)(parsed.GetValue(imageBytes) * Mega);
            var options = new ServerOptions
            {
                ModelsFolder = parsed.GetRequiredValue(models),
                DataFolder = Path.GetFullPath(parsed.GetRequiredValue(data)),
                Urls = parsed.GetRequiredValue(urls),
                Keys = parsed.GetValue(keyFile) is { } file ? InspectionServer.ReadKeyFile(file) : [],
                Mqtt = Mqtt(
                    parsed.GetValue(mqtt),
                    parsed.GetRequiredValue(mqttTopic),
                    parsed.GetValue(mqttUser),
                    parsed.GetValue(mqttPassword)),
                Webhook = parsed.GetValue(webhook) is { } url ? GlobalOptions.HttpAddress("--webhook", url) : null,
                Fleet = fleet.ReadIfGiven(parsed),
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

    private static MqttOptions? Mqtt(string? broker, string topic, string? user, string? passwordFile)
    {
        if (broker is null)
        {
            return user is null && passwordFile is null
                ? null
                : throw new UsageException("--mqtt-user and --mqtt-password-file need --mqtt.");
        }

        if (!Uri.TryCreate(broker, UriKind.Absolute, out Uri? address))
        {
            throw new UsageException($"'{broker}' is not an address: write --mqtt mqtt://HOST:PORT.");
        }

        try
        {
            return new MqttOptions
            {
                Broker = address,
                Topic = topic,
                User = user,
                Password = passwordFile is null ? null : File.ReadAllText(passwordFile).Trim(),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read '{passwordFile}': {error.Message}", error);
        }
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
