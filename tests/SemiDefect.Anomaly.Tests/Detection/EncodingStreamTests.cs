using CsCheck;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

public class EncodingStreamTests
{
    // More pixels than are read ahead.
    private const int LargeSide = 4160;

    [Fact]
    public void Views_are_in_order_and_encoded_as_if_alone()
    {
        Gen.Select(Gen.Int[0, 12], Gen.Int[1, 9], Gen.Int[0, 4095], Gen.Bool, Gen.Bool).Sample(
            (count, batchSize, passedOver, isTiled, learns) =>
            {
                using var encoder = new CellEncoder();
                Lane[] lanes = [LaneOf(encoder, isTiled ? 64 : 0), LaneOf(encoder, 0, flips: true)];
                Image? Read(int index) =>
                    (passedOver >> index & 1) == 1 ? null : Pictures.Noise(64 + 8 * (index % 3), 72, (ulong)index);
                ViewPurpose purpose = learns ? ViewPurpose.Learn : ViewPurpose.Inspect;
                EncodedView[] views =
                    [.. new EncodingStream(lanes, batchSize).EncodeAll(count, Read, purpose, CancellationToken.None)];
                int at = 0;
                for (int image = 0; image < count; image++)
                {
                    if (Read(image) is { } picture)
                    {
                        for (int lane = 0; lane < lanes.Length; lane++)
                        {
                            at = AssertNext(views, at, image, lane, lanes, picture, learns);
                        }
                    }
                }

                Assert.Equal(views.Length, at);
            },
            iter: 60);
    }

    [Fact]
    public void Prepared_images_give_the_same_results_as_read_ones()
    {
        using var encoder = new CellEncoder();
        var stream = new EncodingStream([LaneOf(encoder, 64), LaneOf(encoder, 0)], 3);
        Image[] images = [.. Enumerable.Range(0, 5).Select(i => Pictures.Noise(100, 80, (ulong)i))];
        EncodedView[] read = [.. stream.EncodeAll(5, i => images[i], ViewPurpose.Inspect, CancellationToken.None)];
        EncodedView[] prepared = [.. stream.Encode([.. images.Select(stream.Prepare)], CancellationToken.None)];
        Assert.Equal(read.Length, prepared.Length);
        for (int i = 0; i < read.Length; i++)
        {
            Assert.Equal(read[i] with { Grid = prepared[i].Grid }, prepared[i]);
            Assert.Equal(read[i].Grid.Layout, prepared[i].Grid.Layout);
            Assert.Equal(read[i].Grid.Vectors.ToArray(), prepared[i].Grid.Vectors.ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(29)]
    public void An_image_that_cannot_be_read_ends_the_stream_with_its_error(int failing)
    {
        using var encoder = new CellEncoder();
        int reads = 0;
        var seen = new List<int>();
        Image Read(int index)
        {
            Interlocked.Increment(ref reads);
            return index == failing
                ? throw new SemiDefectException($"Image {index} is torn.") : Pictures.Noise(64, 64, 1);
        }

        SemiDefectException error = Assert.Throws<SemiDefectException>(() =>
        {
            foreach (EncodedView view in new EncodingStream([LaneOf(encoder, 0)], 4)
                .EncodeAll(30, Read, ViewPurpose.Inspect, CancellationToken.None))
            {
                seen.Add(view.Image);
            }
        });
        Assert.Equal($"Image {failing} is torn.", error.Message);
        Assert.Equal(Enumerable.Range(0, seen.Count), seen);
        Assert.InRange(seen.Count, failing / 4 * 4, failing);
        Assert.InRange(reads, failing + 1, failing + 5);
    }

    [Fact]
    public void Who_stops_asking_ends_the_reading()
    {
        using var encoder = new CellEncoder();
        int reads = 0;
        Image Read(int index)
        {
            Interlocked.Increment(ref reads);
            return Pictures.Noise(64, 64, 1);
        }

        _ = new EncodingStream([LaneOf(encoder, 0)], 2)
            .EncodeAll(1000, Read, ViewPurpose.Inspect, CancellationToken.None).First();
        int read = reads;
        Thread.Sleep(100);
        Assert.InRange(read, 1, 12);
        Assert.Equal(read, reads);
    }

    [Fact]
    public void Small_images_are_read_ahead_together()
    {
        using var encoder = new CellEncoder();
        using var second = new ManualResetEventSlim();
        bool isTogether = false;
        Image Read(int index)
        {
            if (index == 1)
            {
                isTogether = second.Wait(TimeSpan.FromSeconds(60));
            }
            else if (index == 2)
            {
                second.Set();
            }

            return Pictures.Noise(64, 64, 1);
        }

        Assert.Equal(6, Encoded(encoder, 6, Read, 4, lanes: 1).Length);
        Assert.True(isTogether);
    }

    [Theory]
    [InlineData(LargeSide, 1, false)]
    [InlineData(LargeSide, 1, true)]
    [InlineData(LargeSide * 3 / 4, 2, false)]
    [Trait("Speed", "Slow")]
    public void Images_larger_than_what_is_read_ahead_are_read_one_at_a_time(
        int side, int lanes, bool isFirstPassedOver)
    {
        // Every reader gets a thread.
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 16), ports);
        using var encoder = new CellEncoder();
        Image large = Pictures.Of(side, side, (_, _) => 100);
        int reading = 0;
        int most = 0;
        Image? Read(int index)
        {
            lock (large)
            {
                most = Math.Max(most, ++reading);
            }

            Thread.Sleep(100);
            lock (large)
            {
                reading--;
            }

            return isFirstPassedOver && index == 0 ? null : large;
        }

        Assert.Equal(isFirstPassedOver ? 3 : 4, Encoded(encoder, 4, Read, 4, lanes, side / 64 * 8).Length);
        Assert.Equal(1, most);
    }

    // One view per image and lane, of the middle of the image: the crop matters, not the encoding.
    private static int[] Encoded(
        CellEncoder encoder, int count, Func<int, Image?> read, int batchSize, int lanes, int tile = 0)
    {
        Lane lane = LaneOf(encoder, tile);
        return [.. new EncodingStream([.. Enumerable.Repeat(lane, lanes)], batchSize)
            .EncodeAll(count, read, ViewPurpose.Inspect, CancellationToken.None)
            .Where(view => view.IsLast)
            .Select(view => view.Image)];
    }

    private static Lane LaneOf(IPatchEncoder encoder, int tile, bool flips = false) => new(
        new ViewPlan
        {
            Preprocessing = new PreprocessingOptions(ResizeKind.None, 0, crop: null),
            Tile = tile,
            Flips = flips,
        },
        encoder);

    private static int AssertNext(
        EncodedView[] views, int at, int image, int lane, Lane[] lanes, Image picture, bool learns)
    {
        ViewPlan plan = lanes[lane].Plan;
        IReadOnlyList<View> expected = learns
            ? plan.ToLearn(picture.Width, picture.Height)
            : plan.ToInspect(picture.Width, picture.Height);
        InputGeometry canvas = plan.Canvas(picture.Width, picture.Height);
        for (int i = 0; i < expected.Count; i++, at++)
        {
            EncodedView view = views[at];
            Assert.Equal((image, lane, i, expected.Count), (view.Image, view.Lane, view.Position, view.Views));
            Assert.Equal(lane == lanes.Length - 1 && i == expected.Count - 1, view.IsLast);
            Assert.Equal(expected[i], view.Grid.Layout.View);
            PreparedView prepared = PreparedView.Of(picture, canvas, expected[i], plan.Preprocessing);
            Assert.Equal(
                lanes[lane].Encoder.Encode(prepared, CancellationToken.None).Vectors.ToArray(),
                    view.Grid.Vectors.ToArray());
        }

        return at;
    }
}
