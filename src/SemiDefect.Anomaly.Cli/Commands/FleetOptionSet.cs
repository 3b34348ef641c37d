using System.CommandLine;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The command-line options for the connection to NATS.</summary>
internal sealed class FleetOptionSet
{
    private readonly Option<string> _server = new("--nats")
    {
        Description = "The address of NATS; tls:// is TLS. Other machines than this one need TLS and --nats-creds.",
        HelpName = "nats://HOST:PORT",
        DefaultValueFactory = _ => "nats://127.0.0.1:4222",
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

    /// <summary>Reads and validates the options.</summary>
    /// <exception cref="UsageException">They are unsafe or unreadable.</exception>
    public FleetOptions Read(ParseResult parsed) => UsageException.Guard(() =>
    {
        var options = new FleetOptions
        {
            Server = FleetOptions.ParseServer(parsed.GetRequiredValue(_server)),
            CredentialsFile = parsed.GetValue(_credentials),
            AuthorityFile = parsed.GetValue(_authority),
        };
        options.Validate();
        return options;
    });
}
