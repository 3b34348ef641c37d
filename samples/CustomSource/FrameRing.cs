using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace CustomSource;

/// <summary>The last frames of a camera, as images to learn from. Thread-safe.</summary>
public sealed class FrameRing(int capacity)
{
    private readonly (long Number, Image Frame)[] _frames = new (long, Image)[capacity];
    private readonly Lock _lock = new();
    private long _added;

    /// <summary>Takes a frame in place of the oldest one.</summary>
    public void Add(Image frame)
    {
        lock (_lock)
        {
            _frames[_added % capacity] = (_added++, frame);
        }
    }

    /// <summary>The frames of this moment, in order, whatever the camera does meanwhile.</summary>
    public IImageSource Snapshot()
    {
        lock (_lock)
        {
            return new Frames([.. _frames.Where(entry => entry.Frame is not null).OrderBy(entry => entry.Number)]);
        }
    }

    private sealed class Frames((long Number, Image Frame)[] frames) : IImageSource
    {
        public int Count => frames.Length;

        public ImageInfo Describe(int index) => new($"frame-{frames[index].Number:D6}");

        public Image Read(int index, CancellationToken cancellationToken) => frames[index].Frame;
    }
}
