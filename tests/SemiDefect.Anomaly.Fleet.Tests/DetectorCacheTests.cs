using SemiDefect.Anomaly.Fleet.Models;
using SemiDefect.Anomaly.Fleet.Tests.Support;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class DetectorCacheTests
{
    private readonly List<EmptyDetector> _opened = [];

    [Fact]
    public async Task A_detector_is_opened_once_and_closed_after_its_last_use()
    {
        using DetectorCache cache = Cache();
        DetectorCache.Lease first = await cache.LeaseAsync(Key(0), CancellationToken.None);
        DetectorCache.Lease second = await cache.LeaseAsync(Key(0), CancellationToken.None);
        Assert.Same(first.Detector, second.Detector);
        for (int i = 1; i <= DetectorCache.MostOpen; i++)
        {
            (await cache.LeaseAsync(Key(i), CancellationToken.None)).Dispose();
        }

        Assert.DoesNotContain(Key(0), cache.Open);
        first.Dispose();
        first.Dispose();
        Assert.False(_opened[0].IsDisposed);
        second.Dispose();
        await WaitAsync(() => _opened[0].IsDisposed);
        Assert.All(_opened.Skip(1), detector => Assert.False(detector.IsDisposed));
    }

    [Fact]
    public async Task A_deviation_or_another_fingerprint_shuts_the_worker_out()
    {
        using DetectorCache cache = Cache("its golden images differ");
        ShutOutException error = await Assert.ThrowsAsync<ShutOutException>(
            () => cache.LeaseAsync(Key(0), CancellationToken.None));
        Assert.Contains("its golden images differ", error.Message, StringComparison.Ordinal);
        Assert.True(_opened[0].IsDisposed);
        using var other = new DetectorCache(
            (fingerprint, _) => Task.FromResult(fingerprint), _ => new EmptyDetector(Key(9)));
        await Assert.ThrowsAsync<ShutOutException>(() => other.LeaseAsync(Key(0), CancellationToken.None));
    }

    [Fact]
    public async Task A_failure_to_open_is_not_kept()
    {
        int tries = 0;
        using var cache = new DetectorCache(
            (fingerprint, _) => tries++ == 0
                ? throw new FleetException("not there")
                : Task.FromResult(fingerprint),
            path => new EmptyDetector(path));
        await Assert.ThrowsAsync<FleetException>(() => cache.LeaseAsync(Key(0), CancellationToken.None));
        using DetectorCache.Lease lease = await cache.LeaseAsync(Key(0), CancellationToken.None);
        Assert.Equal(Key(0), lease.Detector.Fingerprint);
    }

    private static string Key(int i) => new((char)('0' + i), 64);

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (int i = 0; i < 200 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        Assert.True(condition());
    }

    private DetectorCache Cache(string? deviation = null) => new(
        (fingerprint, _) => Task.FromResult(fingerprint),
        path =>
        {
            var detector = new EmptyDetector(path, deviation);
            _opened.Add(detector);
            return detector;
        });
}
