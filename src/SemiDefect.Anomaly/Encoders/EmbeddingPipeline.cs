using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Image -> tensor -> feature maps -> patch embeddings, in batches; while the caller works on one batch, the network runs on the next, and
/// the one after that is decoded. Thread-safe. Memory: two batches of inputs and of embeddings, and one of feature maps.
/// </summary>
internal sealed class EmbeddingPipeline(IFeatureExtractor backbone, PreprocessingOptions preprocessing, PatchOptions patches, int batchSize)
{
    // Values that go into the network together; what comes out may be twenty times as many, and one array holds 2^31.
    private const int LargestBatch = 1 << 26;

    private readonly PatchEmbedder _embedder = new(patches);

    /// <summary>Embeds one image.</summary>
    public EmbeddedImage Embed(Image image, StageClock? clock = null)
    {
        PreparedImage prepared = Preprocessor.Prepare(image, preprocessing);
        clock?.Lap(InspectionStage.Preprocessing);
        IReadOnlyList<FeatureMap> maps = backbone.Extract(prepared.Values, 1, prepared.Height, prepared.Width);
        clock?.Lap(InspectionStage.Network);
        PatchEmbeddings embeddings = _embedder.Embed(maps);
        clock?.Lap(InspectionStage.Patches);
        return Part(embeddings, 0, 0, prepared);
    }

    /// <summary>Embeds images that are prepared already, in order.</summary>
    public IEnumerable<EmbeddedImage> Embed(IReadOnlyList<PreparedImage> images) => Run([.. images], 0);

    /// <summary>Embeds a picture that is the network's input already, but for the normalization.</summary>
    public EmbeddedImage EmbedInput(Image input) => Run([Preprocessor.FromInput(input, preprocessing)], 0).Single();

    /// <summary>The network's input before normalization.</summary>
    public Image InputOf(Image image) => Preprocessor.Cut(image, Preprocessor.Plan(image.Width, image.Height, preprocessing));

    /// <summary>Embeds the images that <paramref name="read"/> gives for 0 .. count - 1, in order.</summary>
    /// <param name="count">The number of images.</param>
    /// <param name="read">Reads one image, from any thread; null to pass it over.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public IEnumerable<EmbeddedImage> EmbedAll(int count, Func<int, Image?> read, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<PreparedImage?[]> prepared = PrepareAsync(0, count, read, stop.Token);
        Task<EmbeddedImage[]> embedded = EmbedAsync(prepared, 0, stop.Token);
        try
        {
            for (int start = 0; start < count; start += batchSize)
            {
                // While the caller works on one batch, the network runs on the next and the one after is decoded.
                prepared = PrepareAsync(start + batchSize, count, read, stop.Token);
                EmbeddedImage[] batch = embedded.GetAwaiter().GetResult();
                embedded = EmbedAsync(prepared, start + batchSize, stop.Token);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (EmbeddedImage image in batch)
                {
                    yield return image;
                }
            }
        }
        finally
        {
            // Nobody will ask for the batches under way any more; they must not outlive what they read from.
            stop.Cancel();
            WaitFor(prepared);
            WaitFor(embedded);
        }
    }

    private static void WaitFor(Task task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        _ = task.Exception;
    }

    private Task<EmbeddedImage[]> EmbedAsync(Task<PreparedImage?[]> prepared, int firstIndex, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            PreparedImage?[] images = await prepared.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return Run(images, firstIndex).ToArray();
        },
        CancellationToken.None);

    private Task<PreparedImage?[]> PrepareAsync(int start, int count, Func<int, Image?> read, CancellationToken cancellationToken)
    {
        int length = Math.Clamp(count - start, 0, batchSize);
        return Task.WhenAll(Enumerable.Range(start, length).Select(index => Task.Run(
            () => read(index) is { } image ? Preprocessor.Prepare(image, preprocessing) : null,
            cancellationToken)));
    }

    private IEnumerable<EmbeddedImage> Run(PreparedImage?[] prepared, int firstIndex)
    {
        for (int start = 0; start < prepared.Length;)
        {
            if (prepared[start] is not { } first)
            {
                start++;
                continue;
            }

            // A batch is a run of inputs of one size.
            int most = Math.Max(1, LargestBatch / first.Values.Length);
            int end = start + 1;
            while (end < prepared.Length && end - start < most && prepared[end] is { } other && other.Height == first.Height && other.Width == first.Width)
            {
                end++;
            }

            float[] input = new float[(end - start) * first.Values.Length];
            for (int i = start; i < end; i++)
            {
                prepared[i]!.Values.CopyTo(input, (i - start) * first.Values.Length);
            }

            PatchEmbeddings embeddings = _embedder.Embed(backbone.Extract(input, end - start, first.Height, first.Width));
            for (int i = start; i < end; i++)
            {
                yield return Part(embeddings, i - start, firstIndex + i, prepared[i]!);
            }

            start = end;
        }
    }

    private static EmbeddedImage Part(PatchEmbeddings embeddings, int image, int index, PreparedImage prepared) =>
        new(index, embeddings.OfImage(image), embeddings.GridHeight, embeddings.GridWidth, embeddings.Dimension, prepared.Geometry);
}
