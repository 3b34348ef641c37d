using System.Diagnostics;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Estimates how long an image takes under load. Thread-safe.</summary>
internal sealed class Throughput
{
    private const double Weight = 0.05;

    private readonly Lock _lock = new();
    private long _lastDone;
    private double _secondsPerImage = 0.1;

    /// <summary>The time between two finished images under load: an exponential moving average.</summary>
    public double SecondsPerImage
    {
        get
        {
            lock (_lock)
            {
                return _secondsPerImage;
            }
        }
    }

    /// <summary>An image was finished.</summary>
    /// <param name="latency">The time since it arrived.</param>
    public void Done(TimeSpan latency)
    {
        lock (_lock)
        {
            // Idle time does not count: an image never took longer than its own latency.
            long now = Stopwatch.GetTimestamp();
            double seconds = latency.TotalSeconds;
            if (_lastDone != 0)
            {
                seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(_lastDone, now).TotalSeconds);
            }

            _secondsPerImage += Weight * (seconds - _secondsPerImage);
            _lastDone = now;
        }
    }
}
