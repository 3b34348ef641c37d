namespace SemiDefect.Anomaly.Fleet;

/// <summary>Where NATS is and how to sign in. Immutable.</summary>
public sealed record FleetOptions
{
    /// <summary>
    /// The address: nats://HOST:PORT, or tls://HOST:PORT. Addresses other than loopback need TLS and
    /// <see cref="CredentialsFile"/>.
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>A credentials file as NATS makes it (.creds); null for none.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>A file of certificates to trust (PEM) instead of those of the system; null for these.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsEncrypted => Server.Scheme == "tls";

    /// <summary>Parses an address.</summary>
    /// <exception cref="FleetException">It is not one of NATS.</exception>
    public static Uri ParseServer(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            && address.Scheme is "nats" or "tls"
            && address.Host.Length > 0
            && address.AbsolutePath is "" or "/"
                ? address
                : throw new FleetException(
                    $"'{text}' is not an address of NATS: write nats://HOST:PORT or tls://HOST:PORT.");
    }

    /// <summary>Refuses what would send images or detectors in the clear, or to anybody.</summary>
    /// <exception cref="FleetException">The options are unsafe, or a file is missing.</exception>
    public void Validate()
    {
        if (Server.UserInfo.Length > 0)
        {
            throw new FleetException(
                "An address with a user and a password is visible to everybody on the machine: use a credentials "
                    + "file.");
        }

        if (!Server.IsLoopback && !(IsEncrypted && CredentialsFile is not null))
        {
            throw new FleetException(
                $"'{Server.Host}' is not this machine: other machines need TLS (tls://HOST:PORT) and a credentials "
                    + "file.");
        }

        foreach (string file in new[] { CredentialsFile, AuthorityFile }.OfType<string>())
        {
            if (!File.Exists(file))
            {
                throw new FleetException($"There is no file '{file}'.");
            }
        }
    }
}
