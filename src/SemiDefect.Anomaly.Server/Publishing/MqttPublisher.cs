using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Publishing;

/// <summary>
/// Publishes every inspection from the start of the server on, at least once and in order. While the broker is away,
/// the history keeps what is to be published, so no memory is needed.
/// </summary>
/// <remarks>
/// The decision for a gateway is published only while it is fresh, and nothing is retained but whether the server is
/// there: a line must not read the last OK after an outage.
/// </remarks>
internal sealed class MqttPublisher(
    ServerOptions options,
    InspectionStore store,
    InspectionFeed feed,
    TimeProvider clock,
    ILogger<MqttPublisher> logger) : BackgroundService
{
    private const int AtOnce = 100;
    private const string NoStation = "-";

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(2);

    private readonly MqttOptions? _mqtt = options.Mqtt;
    private long _last;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _last = store.LastId();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_mqtt is null)
        {
            return;
        }

        bool isSaid = false;
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await client.ConnectAsync(ConnectOptions(_mqtt), stoppingToken).ConfigureAwait(false);
                await SendAsync(client, StatusTopic(_mqtt), "online"u8.ToArray(), true, stoppingToken)
                    .ConfigureAwait(false);
                logger.MqttConnected(_mqtt.Broker);
                isSaid = false;
                await PublishAllAsync(client, _mqtt, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                // Whatever the client, TLS or the database throws must not end the server. Said once for each outage.
                if (!isSaid)
                {
                    logger.MqttLost(_mqtt.Broker, error.Message);
                    isSaid = true;
                }
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await SayGoodbyeAsync(client, _mqtt).ConfigureAwait(false);
    }

    private async Task PublishAllAsync(IMqttClient client, MqttOptions mqtt, CancellationToken cancellationToken)
    {
        while (client.IsConnected)
        {
            Task next = feed.Next;
            IReadOnlyList<InspectionRecord> records = store.List(new InspectionFilter { After = _last }, AtOnce);
            foreach (InspectionRecord record in records)
            {
                string topic = $"{mqtt.Topic}/{Level(record.Model)}/{Level(record.Labels.Station ?? NoStation)}";
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(
                    InspectionMapper.ToJson(record),
                    ServerJson.Types.InspectionJson);
                if (clock.GetUtcNow() - record.Time < Freshness)
                {
                    byte[] word = Encoding.ASCII.GetBytes(LineEndpoints.SignalOf(record.Decision));
                    await SendAsync(client, $"{topic}/decision", word, false, cancellationToken).ConfigureAwait(false);
                }

                await SendAsync(client, $"{topic}/inspection", json, false, cancellationToken).ConfigureAwait(false);
                _last = record.Id;
            }

            if (records.Count == 0)
            {
                await Task.WhenAny(next, Task.Delay(Check, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        throw new MqttCommunicationException("The connection was lost.");
    }

    private static async Task SendAsync(
        IMqttClient client,
        string topic,
        byte[] payload,
        bool isRetained,
        CancellationToken cancellationToken)
    {
        MqttApplicationMessage message = new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload(payload)
            .WithRetainFlag(isRetained)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build();
        MqttClientPublishResult result = await client.PublishAsync(message, cancellationToken).ConfigureAwait(false);
        if (!result.IsSuccess && result.ReasonCode != MqttClientPublishReasonCode.NoMatchingSubscribers)
        {
            throw new MqttCommunicationException($"The broker refused '{topic}': {result.ReasonCode}.");
        }
    }

    private static MqttClientOptions ConnectOptions(MqttOptions mqtt)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(mqtt.Broker.Host, mqtt.Port)
            .WithTimeout(TimeSpan.FromSeconds(10))
            .WithWillTopic(StatusTopic(mqtt))
            .WithWillPayload("offline")
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (mqtt.IsTls)
        {
            builder.WithTlsOptions(tls => tls.UseTls());
        }

        if (mqtt.User is { } user)
        {
            builder.WithCredentials(user, mqtt.Password ?? string.Empty);
        }

        return builder.Build();
    }

    private static async Task SayGoodbyeAsync(IMqttClient client, MqttOptions mqtt)
    {
        if (!client.IsConnected)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await SendAsync(client, StatusTopic(mqtt), "offline"u8.ToArray(), true, timeout.Token)
                .ConfigureAwait(false);
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The broker publishes the will in place of the goodbye.
        }
    }

    private static string StatusTopic(MqttOptions mqtt) => $"{mqtt.Topic}/status";

    // These characters separate or match levels.
    private static string Level(string name) => string.Concat(name.Select(c => c is '/' or '+' or '#' ? '_' : c));
}
