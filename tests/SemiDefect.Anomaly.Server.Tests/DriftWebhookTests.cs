using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Server.Publishing;
using SemiDefect.Anomaly.Server.Statistics;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class DriftWebhookTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_drift_is_posted_when_it_begins_and_ends_until_the_receiver_takes_it()
    {
        var received = new List<JsonNode>();
        var keys = new HashSet<string>();
        int refused = 0;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication receiver = builder.Build();
        receiver.Run(async context =>
        {
            keys.Add(context.Request.Headers["Idempotency-Key"].ToString());
            if (Interlocked.Increment(ref refused) <= 2)
            {
                context.Response.StatusCode = 503;
                return;
            }

            JsonNode body = (await JsonNode.ParseAsync(context.Request.Body))!;
            lock (received)
            {
                received.Add(body);
            }
        });
        await receiver.StartAsync();
        var options = new ServerOptions
        {
            ModelsFolder = "models",
            DataFolder = "data",
            Webhook = new Uri(receiver.Urls.First()),
        };
        using var webhook = new DriftWebhook(options, TimeProvider.System, NullLogger<DriftWebhook>.Instance);
        await webhook.StartAsync(CancellationToken.None);
        webhook.Send("tiny", new DriftState(200, 7.5, 6.5, 0.4, 0.3));
        await Task.Delay(20);
        webhook.Send("tiny", new DriftState(200, 0.5, null, 0.3, null));
        await TestServer.WaitUntilAsync(() => Task.FromResult(Count() == 2), "both");
        await webhook.StopAsync(CancellationToken.None);

        Assert.Equal(["drift", "steady"], received.Select(one => (string)one["drift"]!["state"]!));
        Assert.All(received, one => Assert.Equal(("drift", "tiny"), ((string)one["event"]!, (string)one["model"]!)));
        Assert.Equal(7.5, (double)received[0]["drift"]!["against_good"]!);

        // A repetition has the key of the first attempt.
        Assert.Equal((4, 2), (refused, keys.Count));

        int Count()
        {
            lock (received)
            {
                return received.Count;
            }
        }
    }

    [Theory]
    [InlineData("ftp://here")]
    [InlineData("file:///tmp/a")]
    public void An_address_that_is_not_http_is_refused(string address)
    {
        var options = new ServerOptions
        {
            ModelsFolder = "models",
            DataFolder = "data",
            Webhook = new Uri(address),
        };
        Assert.Throws<SemiDefectException>(options.Validate);
    }
}
