using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>An address to listen on. Immutable.</summary>
/// <param name="Address">The address; null for both addresses of localhost.</param>
/// <param name="Port">The port; 0 for a free one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>Parses http://HOST:PORT.</summary>
    /// <exception cref="SemiDefectException">The address is invalid.</exception>
    public static ListenAddress Parse(string url)
    {
        const string Scheme = "http://";
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new SemiDefectException(
                $"Cannot listen on '{url}': give http://HOST:PORT, and put a reverse proxy in front for https.");
        }

        string rest = url[Scheme.Length..].TrimEnd('/');
        int colon = rest.LastIndexOf(':');
        bool hasPort = colon >= 0 && !rest.EndsWith(']');
        string host = hasPort ? rest[..colon] : rest;
        int port = 80;
        if ((hasPort && !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
            || port is < 0 or > 65535)
        {
            throw new SemiDefectException($"Cannot listen on '{url}': the port must be a number from 0 to 65535.");
        }

        return host switch
        {
            "*" or "+" => new ListenAddress(IPAddress.IPv6Any, port),
            _ when host.Equals("localhost", StringComparison.OrdinalIgnoreCase) => port == 0
                ? new ListenAddress(IPAddress.Loopback, 0)
                : new ListenAddress(null, port),
            _ when IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) => new ListenAddress(address, port),
            _ => throw new SemiDefectException(
                $"Cannot listen on '{url}': the host must be an IP address, localhost or * (all addresses)."),
        };
    }

    public void Listen(KestrelServerOptions options)
    {
        if (Address is null)
        {
            options.ListenLocalhost(Port);
        }
        else if (Address.Equals(IPAddress.IPv6Any))
        {
            options.ListenAnyIP(Port);
        }
        else
        {
            options.Listen(Address, Port);
        }
    }
}
