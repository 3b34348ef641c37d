using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Tests.Sources;

public sealed class PassingImagesTests
{
    private const int ImageBytes = 3 * 4 * 2;

    [Fact]
    public void An_image_that_was_read_is_taken_without_reading_it_again()
    {
        var source = new CountingSource(3);
        var images = new PassingImages(source);
        Image read = images.Read(1, CancellationToken.None);
        Assert.Same(read, images.Take(1));
        Assert.Equal([0, 1, 0], source.Reads);

        // It is no longer kept.
        Assert.NotSame(read, images.Take(1));
        Assert.Equal([0, 2, 0], source.Reads);
    }

    [Fact]
    public void Images_beyond_the_limit_are_read_again()
    {
        var source = new CountingSource(3);
        var images = new PassingImages(source, 2 * ImageBytes);
        for (int i = 0; i < 3; i++)
        {
            images.Read(i, CancellationToken.None);
        }

        images.Take(2);
        Assert.Equal([1, 1, 2], source.Reads);

        // Dropping one makes room for the next.
        images.Drop(0);
        images.Read(2, CancellationToken.None);
        images.Take(2);
        images.Take(1);
        Assert.Equal([1, 1, 3], source.Reads);
    }

    [Fact]
    public void Nothing_is_kept_with_a_limit_of_zero()
    {
        var source = new CountingSource(1);
        var images = new PassingImages(source, 0);
        images.Read(0, CancellationToken.None);
        images.Take(0);
        Assert.Equal([2], source.Reads);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PassingImages(source, -1));
    }

    private sealed class CountingSource(int count) : IImageSource
    {
        public int[] Reads { get; } = new int[count];

        public int Count => Reads.Length;

        public ImageInfo Describe(int index) => new($"{index}");

        public Image Read(int index, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Reads[index]);
            return new Image(4, 2, new byte[ImageBytes]);
        }
    }
}
