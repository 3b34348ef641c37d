using System.Collections.Concurrent;
using SemiDefect.Anomaly.Neighbors.Kernels;
using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Neighbors;

/// <summary>
/// The images of a bank under a <see cref="PrefixEmbedding"/>, laid out for the kernels. Thread-safe once made; does not
/// own the bank. Memory: about 660 bytes per row, and 1 MiB per thread that has ever
/// searched, or 2 MiB where it needed the dense kernel.
/// </summary>
internal sealed unsafe class PrefixIndex : IDisposable
{
    /// <summary>
    /// Splits (a + b)^2 into a^2 (1 + this) + b^2 (1 + 1 / this): what belongs to the row can then be taken off its norm
    /// beforehand. See docs/exact-search.md.
    /// </summary>
    public const double Split = 1e-4;

    /// <summary>Numbers in a long image.</summary>
    public const int Width = 2 * ImageKernel.Step;

    private const int RowsPerPiece = 192;
    private const double Unit = 1.0 / (1 << 24);

    private readonly ConcurrentBag<PrefixSearchScratch> _scratches = [];
    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<float> _norms;
    private readonly AlignedBuffer<float> _denseNorms;
    private readonly AlignedBuffer<float> _images;
    private readonly AlignedBuffer<float> _slacks;

    private PrefixIndex(FeatureMatrix bank, PrefixEmbedding embedding)
    {
        Bank = bank;
        Embedding = embedding;
        PanelRows = PanelKernel.PanelRows;
        Panels = (bank.Rows + PanelRows - 1) / PanelRows;
        long padded = (long)Panels * PanelRows;
        _panels = new AlignedBuffer<float>(padded * PrefixEmbedding.ShortWidth);
        _norms = new AlignedBuffer<float>(padded);
        _denseNorms = new AlignedBuffer<float>(padded);
        _images = new AlignedBuffer<float>((long)bank.Rows * Width);
        _slacks = new AlignedBuffer<float>(bank.Rows);
        new Span<float>(_norms.Data + bank.Rows, (int)(padded - bank.Rows)).Fill(float.PositiveInfinity);
        new Span<float>(_denseNorms.Data + bank.Rows, (int)(padded - bank.Rows)).Fill(float.PositiveInfinity);
    }

    /// <summary>The bank.</summary>
    public FeatureMatrix Bank { get; }

    /// <summary>The map.</summary>
    public PrefixEmbedding Embedding { get; }

    /// <summary>Rows in a panel.</summary>
    public int PanelRows { get; }

    /// <summary>The number of panels.</summary>
    public int Panels { get; }

    /// <summary>The short images, packed for <see cref="PanelKernel"/>.</summary>
    public float* PanelData => _panels.Data;

    /// <summary>The short images' lowered squared lengths; infinity past the last row.</summary>
    public float* Norms => _norms.Data;

    /// <summary>The vectors' own lowered squared lengths; infinity past the last row.</summary>
    public float* DenseNorms => _denseNorms.Data;

    /// <summary>The long images, row-major.</summary>
    public float* Images => _images.Data;

    /// <summary>How far each image may be from where exact arithmetic would put it.</summary>
    public float* Slacks => _slacks.Data;

    /// <summary>Maps a bank whose values are all finite.</summary>
    public static PrefixIndex Build(FeatureMatrix bank, float largestMagnitude, int threads, CancellationToken cancellationToken)
    {
        PrefixEmbedding embedding = PrefixEmbedding.Fit(bank, Width, largestMagnitude, threads, cancellationToken);
        var index = new PrefixIndex(bank, embedding);
        try
        {
            WorkQueue.Run(
                (bank.Rows + RowsPerPiece - 1) / RowsPerPiece,
                threads,
                () => new BuildScratch(bank.Columns),
                scratch => scratch.Dispose(),
                index.MapPiece,
                cancellationToken);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Lowers a squared length so that the sum of two of them less twice a float32 inner product is a lower bound.</summary>
    public static double Lower(double square, int columns, double looseness) =>
        square * (1 - 2.2 * (columns + 8) * Unit - looseness * looseness * (1 + 1 / Split));

    /// <summary>Lends working memory for one thread; allocating it afresh for every search would cost as much as a small search.</summary>
    public PrefixSearchScratch Rent(int k)
    {
        PrefixSearchScratch scratch = _scratches.TryTake(out PrefixSearchScratch? used) ? used : new PrefixSearchScratch(this);
        scratch.Reserve(k);
        return scratch;
    }

    /// <summary>Takes working memory back.</summary>
    public void Return(PrefixSearchScratch scratch) => _scratches.Add(scratch);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PrefixSearchScratch scratch in _scratches)
        {
            scratch.Dispose();
        }

        Embedding.Dispose();
        _panels.Dispose();
        _norms.Dispose();
        _denseNorms.Dispose();
        _images.Dispose();
        _slacks.Dispose();
    }

    private void MapPiece(int piece, BuildScratch scratch)
    {
        int first = piece * RowsPerPiece;
        int count = Math.Min(RowsPerPiece, Bank.Rows - first);
        float* images = Images + (long)first * Width;
        Embedding.Map(Bank.Data + (long)first * Bank.Columns, count, scratch.Embedding, images, scratch.Rests, scratch.Lengths);
        for (int i = 0; i < count; i++)
        {
            int row = first + i;
            float* image = images + (long)i * Width;
            float* packed = PanelData + (long)(row / PanelRows) * PanelRows * PrefixEmbedding.ShortWidth + row % PanelRows;
            double square = 0;
            for (int column = 0; column < PrefixEmbedding.ShortWidth; column++)
            {
                float value = column < PrefixEmbedding.ShortWidth - 1 ? image[column] : scratch.Rests[i];
                packed[column * PanelRows] = value;
                square += (double)value * value;
            }

            double length = scratch.Lengths[i];
            _norms.Data[row] = (float)Lower(square, PrefixEmbedding.ShortWidth, Embedding.Looseness);
            _denseNorms.Data[row] = (float)Lower(length * length, Bank.Columns, Embedding.Looseness);
            _slacks.Data[row] = float.BitIncrement((float)(Embedding.Looseness * length));
        }
    }

    private sealed class BuildScratch : IDisposable
    {
        private readonly AlignedBuffer<float> _rests = new(RowsPerPiece);
        private readonly AlignedBuffer<double> _lengths = new(RowsPerPiece);

        public BuildScratch(int dimension) => Embedding = new PrefixEmbedding.Scratch(dimension, Width);

        public PrefixEmbedding.Scratch Embedding { get; }

        public float* Rests => _rests.Data;

        public double* Lengths => _lengths.Data;

        public void Dispose()
        {
            Embedding.Dispose();
            _rests.Dispose();
            _lengths.Dispose();
        }
    }
}
