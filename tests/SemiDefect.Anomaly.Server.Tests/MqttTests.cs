using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SemiDefect.Anomaly.Server.Publishing;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>Decisions published to a broker that runs in this process.</summary>
public sealed class MqttTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Every_decision_is_published_also_those_during_an_outage_and_old_ones_are_no_signal()
    {
        int port = FreePort();
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Mqtt = new MqttOptions { Broker = new Uri($"mqtt://127.0.0.1:{port}"), Topic = "plant/1" },
        });

        // The broker is not there yet; nothing is lost.
        await InspectAsync(server, Parts.Good(1), "station=S%2F1&name=early");
        var messages = new ConcurrentQueue<(string Topic, string Text, bool IsRetained)>();
        using (MqttServer broker = await StartBrokerAsync(port, messages))
        {
            await WaitAsync(messages, 3);
            Assert.Equal(
                [
                    ("plant/1/status", true),
                    ("plant/1/tiny/S_1/decision", false),
                    ("plant/1/tiny/S_1/inspection", false),
                ],
                messages.Select(message => (message.Topic, message.IsRetained)));
            Assert.Equal("OK", messages.ElementAt(1).Text);
            Assert.Equal("early", (string)JsonNode.Parse(messages.Last().Text)!["name"]!);

            messages.Clear();
            await InspectAsync(server, Parts.Bad(2), "name=bad");
            await WaitAsync(messages, 2);
            Assert.Equal(("plant/1/tiny/-/decision", "NG", false), messages.First());
            await broker.StopAsync();
        }

        // The old broker may still publish the will of the server.
        messages = new ConcurrentQueue<(string Topic, string Text, bool IsRetained)>();
        await InspectAsync(server, Parts.Good(3), "name=first");
        await InspectAsync(server, Parts.Good(4), "name=second");
        await Task.Delay(TimeSpan.FromSeconds(11));
        using (MqttServer broker = await StartBrokerAsync(port, messages))
        {
            await WaitAsync(messages, 3);
            Assert.Equal("online", messages.First().Text);
            Assert.Equal(
                ["first", "second"],
                messages.Skip(1).Select(message => (string)JsonNode.Parse(message.Text)!["name"]!));
            Assert.All(
                messages.Skip(1),
                message => Assert.EndsWith("/inspection", message.Topic, StringComparison.Ordinal));
            messages.Clear();
            await server.BeginStop();
            await WaitAsync(messages, 1);
            Assert.Equal(("plant/1/status", "offline", true), messages.First());
            await broker.StopAsync();
        }
    }

    [Theory]
    [InlineData("http://broker")]
    [InlineData("mqtt://user@broker")]
    [InlineData("mqtt://broker/topic")]
    public async Task What_is_no_broker_is_refused(string broker)
    {
        var error = await Assert.ThrowsAsync<SemiDefectException>(() => TestServer.StartAsync(options => options with
        {
            Mqtt = new MqttOptions { Broker = new Uri(broker) },
        }));
        Assert.Contains("mqtt://HOST:PORT", error.Message, StringComparison.Ordinal);
    }

    private static async Task<MqttServer> StartBrokerAsync(
        int port,
        ConcurrentQueue<(string Topic, string Text, bool IsRetained)> messages)
    {
        MqttServer broker = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptionsBuilder()
                .WithDefaultEndpoint()
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                .WithDefaultEndpointPort(port)
                .Build());
        broker.InterceptingPublishAsync += arrived =>
        {
            messages.Enqueue((
                arrived.ApplicationMessage.Topic,
                Encoding.UTF8.GetString(arrived.ApplicationMessage.Payload.ToArray()),
                arrived.ApplicationMessage.Retain));
            Assert.Equal(
                MqttQualityOfServiceLevel.AtLeastOnce,
                arrived.ApplicationMessage.QualityOfServiceLevel);
            return Task.CompletedTask;
        };
        await broker.StartAsync();
        return broker;
    }

    private static Task WaitAsync(ConcurrentQueue<(string Topic, string Text, bool IsRetained)> messages, int count) =>
        TestServer.WaitUntilAsync(() => Task.FromResult(messages.Count >= count), $"{count} messages");

    private static async Task InspectAsync(TestServer server, byte[] image, string query)
    {
        using var content = new ByteArrayContent(image);
        using HttpResponseMessage response =
            await server.Client.PostAsync($"/api/v1/models/tiny/inspect?{query}", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
