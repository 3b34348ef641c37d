using System.CommandLine;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>Documents of the fleet, as its commands write them, with every kind of entry.</summary>
internal static class FleetDocuments
{
    private static readonly FleetModel Model = new("line3", new string('a', 64), 5, HasNames: true);

    public static string Score()
    {
        FleetInspection image = new()
        {
            Index = 0,
            Name = "new/a.png",
            Model = Model.Fingerprint,
            Worker = "w1",
            Score = 2.5,
            Threshold = 1.5,
            RegionCount = 2,
            Regions = [new FleetRegion(1, 2, 3, 4, 5, 2.5f, "scratch"), new FleetRegion(1, 2, 3, 4, 5, 2.5f, null)],
        };
        var results = new FleetScoreResults(
            Model,
            [image, image with { Index = 1, PValue = 0.5, Score = 1 }, image with { Index = 2, Error = "No image." }]);
        using var output = new StringWriter { NewLine = "\n" };
        results.Print(new InvocationConfiguration { Output = output, Error = TextWriter.Null }, json: true, csv: null);
        return output.ToString();
    }

    public static string Status()
    {
        var worker = new WorkerState
        {
            Name = "w1",
            Version = "0.1.0",
            System = "linux-x64 AVX2",
            Threads = 2,
            Models = [Model.Fingerprint],
            Started = DateTimeOffset.UnixEpoch,
        };
        var status = new FleetStatus
        {
            Workers = [worker],
            ShutOut = [worker with { Name = "w2", ShutOut = "It computes other scores." }],
            Models = [Model],
            Waiting = 1,
            Taken = 2,
            Redelivered = 1,
            OldestSeconds = 1.5,
            ViewsWaiting = 0,
            Results = 3,
            Dead = 1,
            LatestDead = [new DeadLetter("unknown", string.Empty, "the message has no task", "w1", 1)],
        };
        return JsonSerializer.Serialize(new FleetStatusJson(1, status), CliJson.Default.FleetStatusJson);
    }
}
