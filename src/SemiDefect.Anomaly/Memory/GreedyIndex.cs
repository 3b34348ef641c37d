using SemiDefect.Anomaly.Neighbors;
using SemiDefect.Anomaly.Neighbors.Kernels;
using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Memory;

/// <summary>
/// The images of all rows under a <see cref="PrefixEmbedding"/>, and the rows gathered in blocks of neighbors with a
/// bounding box each. Thread-safe once made; does not own the features. Memory: about 410 bytes per row.
/// </summary>
internal sealed unsafe class GreedyIndex : IDisposable
{
    private const int RowsPerPiece = 192;
    private const int GroupFloats = 2 * BlockKernel.BoxDimensions * BlockKernel.GroupBlocks;
    private const int BlockFloats = PrefixEmbedding.ShortWidth * BlockKernel.BlockRows;

    private readonly AlignedBuffer<float> _images;
    private readonly AlignedBuffer<float> _rests;
    private readonly AlignedBuffer<float> _slacks;
    private readonly AlignedBuffer<float> _blocks;
    private readonly AlignedBuffer<float> _boxes;

    private GreedyIndex(FeatureMatrix features, PrefixEmbedding embedding)
    {
        Features = features;
        Embedding = embedding;
        Blocks = (features.Rows + BlockKernel.BlockRows - 1) / BlockKernel.BlockRows;
        Groups = (Blocks + BlockKernel.GroupBlocks - 1) / BlockKernel.GroupBlocks;
        _images = new AlignedBuffer<float>((long)features.Rows * ImageKernel.Step);
        _rests = new AlignedBuffer<float>(features.Rows);
        _slacks = new AlignedBuffer<float>(features.Rows);
        _blocks = new AlignedBuffer<float>((long)Blocks * BlockFloats);
        _boxes = new AlignedBuffer<float>((long)Groups * GroupFloats);
    }

    /// <summary>The rows.</summary>
    public FeatureMatrix Features { get; }

    /// <summary>The map.</summary>
    public PrefixEmbedding Embedding { get; }

    /// <summary>The number of blocks of <see cref="BlockKernel.BlockRows"/> rows, the last perhaps not full.</summary>
    public int Blocks { get; }

    /// <summary>The number of groups of <see cref="BlockKernel.GroupBlocks"/> blocks, the last perhaps not full.</summary>
    public int Groups { get; }

    /// <summary>The rows in the order of the blocks.</summary>
    public int[] Order { get; private set; } = [];

    /// <summary>The long images, row by row.</summary>
    public float* Images => _images.Data;

    /// <summary>How far the image of each row may be from where exact arithmetic would put it.</summary>
    public float* Slacks => _slacks.Data;

    /// <summary>Maps all rows; they must be finite.</summary>
    public static GreedyIndex Build(FeatureMatrix features, float largestMagnitude, int threads, CancellationToken cancellationToken)
    {
        PrefixEmbedding embedding = PrefixEmbedding.Fit(features, ImageKernel.Step, largestMagnitude, threads, cancellationToken);
        var index = new GreedyIndex(features, embedding);
        try
        {
            int pieces = (features.Rows + RowsPerPiece - 1) / RowsPerPiece;
            WorkQueue.Run(pieces, threads, () => new MapScratch(features.Columns), scratch => scratch.Dispose(), index.MapPiece, cancellationToken);
            index.Order = SpatialOrder.Of(
                index.Images,
                ImageKernel.Step,
                BlockKernel.BoxDimensions,
                features.Rows,
                BlockKernel.BlockRows,
                threads,
                cancellationToken);
            WorkQueue.Run(index.Groups, threads, index.PackGroup, cancellationToken);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>The boxes of a group, as <see cref="BlockKernel.NearBoxes"/> takes them.</summary>
    public float* Boxes(int group) => _boxes.Data + (long)group * GroupFloats;

    /// <summary>A block's short images, as <see cref="BlockKernel.NearRows"/> takes them.</summary>
    public float* Block(int block) => _blocks.Data + (long)block * BlockFloats;

    /// <summary>Writes the short image of a row.</summary>
    public void CopyShortImage(int row, float* image)
    {
        new ReadOnlySpan<float>(Images + (long)row * ImageKernel.Step, PrefixEmbedding.ShortWidth - 1)
            .CopyTo(new Span<float>(image, PrefixEmbedding.ShortWidth));
        image[PrefixEmbedding.ShortWidth - 1] = _rests.Data[row];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        _images.Dispose();
        _rests.Dispose();
        _slacks.Dispose();
        _blocks.Dispose();
        _boxes.Dispose();
    }

    private void MapPiece(int piece, MapScratch scratch)
    {
        int first = piece * RowsPerPiece;
        int count = Math.Min(RowsPerPiece, Features.Rows - first);
        Embedding.Map(
            Features.Data + (long)first * Features.Columns,
            count,
            scratch.Embedding,
            Images + (long)first * ImageKernel.Step,
            _rests.Data + first,
            scratch.Lengths);
        for (int i = 0; i < count; i++)
        {
            Slacks[first + i] = float.BitIncrement((float)(Embedding.Looseness * scratch.Lengths[i]));
        }
    }

    private void PackGroup(int group)
    {
        float* image = stackalloc float[PrefixEmbedding.ShortWidth];
        int end = Math.Min(Blocks, (group + 1) * BlockKernel.GroupBlocks);
        for (int block = group * BlockKernel.GroupBlocks; block < end; block++)
        {
            float* box = Boxes(group) + block % BlockKernel.GroupBlocks;
            for (int i = 0; i < BlockKernel.BoxDimensions; i++)
            {
                box[2 * i * BlockKernel.GroupBlocks] = float.PositiveInfinity;
                box[(2 * i + 1) * BlockKernel.GroupBlocks] = float.NegativeInfinity;
            }

            int first = block * BlockKernel.BlockRows;
            int count = Math.Min(BlockKernel.BlockRows, Features.Rows - first);
            for (int i = 0; i < count; i++)
            {
                CopyShortImage(Order[first + i], image);
                for (int column = 0; column < PrefixEmbedding.ShortWidth; column++)
                {
                    Block(block)[column * BlockKernel.BlockRows + i] = image[column];
                }

                for (int column = 0; column < BlockKernel.BoxDimensions; column++)
                {
                    ref float low = ref box[2 * column * BlockKernel.GroupBlocks];
                    ref float high = ref box[(2 * column + 1) * BlockKernel.GroupBlocks];
                    low = Math.Min(low, image[column]);
                    high = Math.Max(high, image[column]);
                }
            }
        }
    }

    private sealed class MapScratch : IDisposable
    {
        private readonly AlignedBuffer<double> _lengths = new(RowsPerPiece);

        public MapScratch(int dimension) => Embedding = new PrefixEmbedding.Scratch(dimension, ImageKernel.Step);

        public PrefixEmbedding.Scratch Embedding { get; }

        public double* Lengths => _lengths.Data;

        public void Dispose()
        {
            Embedding.Dispose();
            _lengths.Dispose();
        }
    }
}
