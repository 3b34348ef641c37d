using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Bounds what is accepted and not answered: so many images, and so many bytes of requests. Beyond it a request is told at once when to
/// come again. Thread-safe.
/// </summary>
internal sealed class Admission(ServerOptions options, Throughput throughput)
{
    private const int LongestRetry = 60;

    private readonly Lock _lock = new();
    private int _images;
    private long _bytes;

    /// <summary>The images accepted and not answered.</summary>
    public int Images => Volatile.Read(ref _images);

    /// <summary>Room for a request, until it is disposed of.</summary>
    /// <exception cref="ProblemException">There is none now (429).</exception>
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
        throw new ProblemException(429, "busy", $"{Images} images are waiting, as many as this server accepts; try again in {seconds} s.", seconds);
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
