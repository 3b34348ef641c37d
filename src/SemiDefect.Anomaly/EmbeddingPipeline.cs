using SemiDefect.Anomaly.Backbones;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Patches;

namespace SemiDefect.Anomaly;

/// <summary>
/// Image -> tensor -> feature maps -> patch embeddings, in batches; the next batch is decoded while the network runs
/// on the present one. Thread-safe. Memory: two batches of inputs and one batch of feature maps and embeddings.
/// </summary>
internal sealed class EmbeddingPipeline(IFeatureExtractor backbone, PreprocessingOptions preprocessing, PatchOptions patches, int batchSize)
{
    private readonly PatchEmbedder _embedder = new(patches);

    /// <summary>Embeds one image.</summary>
    public EmbeddedImage Embed(Image image) => Run([Preprocessor.Prepare(image, preprocessing)], 0).Single();

    /// <summary>Embeds images that are prepared already, in order.</summary>
    public IEnumerable<EmbeddedImage> Embed(IReadOnlyList<PreparedImage> images) => Run([.. images], 0);

    /// <summary>Embeds the images that <paramref name="read"/> gives for 0 .. count - 1, in order.</summary>
    /// <param name="count">The number of images.</param>
    /// <param name="read">Reads one image, from any thread; null to pass it over.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public IEnumerable<EmbeddedImage> EmbedAll(int count, Func<int, Image?> read, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<PreparedImage?[]> next = PrepareAsync(0, count, read, stop.Token);
        try
        {
            for (int start = 0; start < count; start += batchSize)
            {
                PreparedImage?[] prepared = next.GetAwaiter().GetResult();
                next = PrepareAsync(start + batchSize, count, read, stop.Token);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (EmbeddedImage image in Run(prepared, start))
                {
                    yield return image;
                }
            }
        }
        finally
        {
            // Nobody will ask for the batch under way any more; it must not outlive what it reads from.
            stop.Cancel();
            ((IAsyncResult)next).AsyncWaitHandle.WaitOne();
            _ = next.Exception;
        }
    }

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
            int end = start + 1;
            while (end < prepared.Length && prepared[end] is { } other && other.Height == first.Height && other.Width == first.Width)
            {
                end++;
            }

            float[] input = new float[checked((end - start) * first.Values.Length)];
            for (int i = start; i < end; i++)
            {
                prepared[i]!.Values.CopyTo(input, (i - start) * first.Values.Length);
            }

            PatchEmbeddings embeddings = _embedder.Embed(backbone.Extract(input, end - start, first.Height, first.Width));
            for (int i = start; i < end; i++)
            {
                yield return new EmbeddedImage(
                    firstIndex + i,
                    embeddings.OfImage(i - start),
                    embeddings.GridHeight,
                    embeddings.GridWidth,
                    embeddings.Dimension,
                    prepared[i]!.Geometry);
            }

            start = end;
        }
    }
}
