namespace SemiDefect.Anomaly.Server.Publishing;

/// <summary>An MQTT broker that gets every decision. Immutable.</summary>
public sealed record MqttOptions
{
    /// <summary>mqtt://HOST, or mqtts://HOST for TLS; the port is 1883 or 8883 unless given.</summary>
    public required Uri Broker { get; init; }

    /// <summary>The beginning of the topics, without + and #.</summary>
    public string Topic { get; init; } = "semidefect";

    /// <summary>The user; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The password of the user; null for none.</summary>
    public string? Password { get; init; }

    internal bool IsTls => Broker.Scheme == "mqtts";

    internal int Port => Broker.Port > 0 ? Broker.Port : IsTls ? 8883 : 1883;

    /// <summary>Rejects invalid values.</summary>
    /// <exception cref="SemiDefectException">A value is invalid; the message says what to do.</exception>
    internal void Validate()
    {
        if (!Broker.IsAbsoluteUri
            || Broker.Scheme is not ("mqtt" or "mqtts")
            || Broker.Host.Length == 0
            || Broker.PathAndQuery.Trim('/').Length > 0
            || Broker.UserInfo.Length > 0)
        {
            throw new SemiDefectException(
                $"'{Broker}' is not the address of an MQTT broker: write mqtt://HOST:PORT, or mqtts://HOST:PORT for "
                    + "TLS; the user has an option of its own.");
        }

        if (Topic.Length is 0 or > 200 || Topic.Any(c => c is '+' or '#' || char.IsControl(c)))
        {
            throw new SemiDefectException(
                $"'{Topic}' is not the beginning of an MQTT topic: it has 1 to 200 characters, without + and #.");
        }

        if (User is null && Password is not null)
        {
            throw new SemiDefectException("An MQTT password needs a user.");
        }
    }
}
