using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Limits the images and the bytes of requests that are accepted but not yet answered. Beyond that, a request is
/// rejected immediately, with the time to wait. Thread-safe.
/// </summary>
internal sealed class Admission(ServerOptions options, Throughput throughput)
{
    private const int LongestRetry = 60;

    private readonly Lock _lock = new();
    private int _images;
    private long _bytes;

    /// <summary>The number of images accepted but not yet answered.</summary>
    public int Images => Volatile.Read(ref _images);

    /// <summary>Reserves room for a request until the result is disposed.</summary>
    /// <exception cref="ProblemException">There is no room (429).</exception>
    public IDisposable Enter(int images, long bytes)
    {
        lock (_lock)
        {
            if (_images + images <= options.QueueCapacity && _bytes + bytes <= options.MaxPendingBytes)
            {
                _images += images;
                _bytes += bytes;
                return new Room(this, images, bytes);
            }
        }

        int seconds = (int)Math.Clamp(Math.Ceiling(throughput.SecondsPerImage * Images / 2), 1, LongestRetry);
        throw new ProblemException(
            429,
            "busy",
            $"{Images} images are waiting, as many as this server accepts; try again in {seconds} s.",
            seconds);
    }

    private void Leave(int images, long bytes)
    {
        lock (_lock)
        {
            _images -= images;
            _bytes -= bytes;
        }
    }

    private sealed class Room(Admission admission, int images, long bytes) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                admission.Leave(images, bytes);
            }
        }
    }
}
