using System.Security.Cryptography;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Models;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Fleet.Tests.Support;

/// <summary>A server, a folder, and workers in this process; all end with the test.</summary>
internal sealed class FleetSetup : IAsyncDisposable
{
    /// <summary>The fingerprint of the detector that <see cref="PublishEmptyAsync"/> publishes.</summary>
    public static readonly string Fingerprint = new('a', 64);

    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(4));
    private readonly List<Task> _workers = [];

    public NatsServer Server { get; } = new();

    public FleetOptions Connection => new() { Server = FleetOptions.ParseServer(Server.Address) };

    public TemporaryFolder Folder { get; } = new();

    public CancellationToken Token => _stop.Token;

    public FleetWorkerOptions WorkerOptions(string name) => new()
    {
        Fleet = Connection,
        Name = name,
        Threads = 1,
        CacheFolder = Folder.File("cache"),
    };

    /// <summary>Starts a worker; its task ends with the test at the latest.</summary>
    public Task Work(FleetWorkerOptions options, Func<string, IFleetDetector>? open = null)
    {
        Task task = Task.Run(() => new FleetWorker(options, open).RunAsync(_stop.Token));
        _workers.Add(task);
        return task;
    }

    /// <summary>Publishes a file that no real detector could open.</summary>
    public async Task<FleetModel> PublishEmptyAsync()
    {
        string path = Folder.File("empty.sdad");
        await File.WriteAllTextAsync(path, "empty");
        var model = new FleetModel("empty", Fingerprint, 5, HasNames: false);
        FleetConnection connection = await FleetConnection.OpenAsync(Connection, Token);
        await using (connection)
        {
            await new ModelStore(connection).PublishAsync(model, path, Token);
        }

        return model;
    }

    /// <summary>Writes files of 1, 2, 3 ... bytes.</summary>
    public FleetImage[] WriteImages(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            string path = Folder.File($"{i:D6}.bin");
            File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(1 + i % 50));
            return new FleetImage(path, $"image {i}");
        }),
    ];

    public async Task<List<FleetInspection>> ScoreAsync(
        FleetModel model,
        IReadOnlyList<FleetImage> images,
        string? shared = null)
    {
        FleetScorer scorer = await FleetScorer.OpenAsync(
            new FleetScorerOptions { Fleet = Connection, SharedFolder = shared }, Token);
        await using (scorer)
        {
            var results = new List<FleetInspection>();
            await foreach (FleetInspection result in scorer.ScoreAsync(model, images, Token))
            {
                results.Add(result);
            }

            return results;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Server.Dispose();
        Folder.Dispose();
        _stop.Dispose();
    }
}
