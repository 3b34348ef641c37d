using System.CommandLine;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect health</c>: asks a running server whether it is ready. Images of containers without a shell have no
/// other program for their health check.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var address = new Argument<string>("URL")
        {
            Description = "The address of the server.",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var command = new Command("health", "Ask a running server whether it is ready; exit code 1 if it is not.")
        {
            address,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(address), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string address, TextWriter output, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? server)
            || (server.Scheme != Uri.UriSchemeHttp && server.Scheme != Uri.UriSchemeHttps))
        {
            throw new UsageException($"'{address}' is no address of a server: give one like http://127.0.0.1:8080.");
        }

        using var client = new HttpClient { Timeout = Patience };
        string reason;
        try
        {
            using HttpResponseMessage response = await client
                .GetAsync(new Uri(server, "/health/ready"), cancellationToken)
                .ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                output.WriteLine("ready");
                return ExitCode.Done;
            }

            reason = $"status {(int)response.StatusCode}";
        }
        catch (HttpRequestException error)
        {
            reason = error.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            reason = $"no answer within {Patience.TotalSeconds} s";
        }

        throw new SemiDefectException($"The server at {address} is not ready: {reason}.");
    }
}
