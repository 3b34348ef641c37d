using System.CommandLine;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The command-line options for the connection to NATS.</summary>
/// <param name="purpose">What the connection is for, as the beginning of a sentence; null if it is always used.</param>
internal sealed class FleetOptionSet(string? purpose = null)
{
    private readonly Option<string?> _server = new("--nats")
    {
        Description = $"{purpose}The address of NATS; tls:// is TLS. Other machines than this one need TLS and "
            + "--nats-creds.",
        HelpName = "nats://HOST:PORT",
        DefaultValueFactory = _ => purpose is null ? "nats://127.0.0.1:4222" : null,
    };

    private readonly Option<string?> _credentials = new("--nats-creds")
    {
        Description = "A credentials file of NATS.",
        HelpName = "FILE.creds",
    };

    private readonly Option<string?> _authority = new("--nats-ca")
    {
        Description = "A file of certificates to trust (PEM) instead of those of the system.",
        HelpName = "FILE.pem",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_credentials);
        command.Options.Add(_authority);
    }

    /// <summary>Reads and validates the options; null if the connection is not asked for.</summary>
    /// <exception cref="UsageException">They are unsafe or unreadable.</exception>
    public FleetOptions? ReadIfGiven(ParseResult parsed) => parsed.GetValue(_server) is not null ? Read(parsed)
        : parsed.GetValue(_credentials) is null && parsed.GetValue(_authority) is null ? null
        : throw new UsageException("--nats-creds and --nats-ca need --nats.");

    /// <summary>Reads and validates the options.</summary>
    /// <exception cref="UsageException">They are unsafe or unreadable.</exception>
    public FleetOptions Read(ParseResult parsed) => UsageException.Guard(() =>
    {
        var options = new FleetOptions
        {
            Server = FleetOptions.ParseServer(parsed.GetRequiredValue(_server)!),
            CredentialsFile = parsed.GetValue(_credentials),
            AuthorityFile = parsed.GetValue(_authority),
        };
        options.Validate();
        return options;
    });
}
