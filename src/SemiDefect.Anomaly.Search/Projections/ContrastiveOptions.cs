namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// How a <see cref="ContrastiveProjection"/> is learned. Immutable; invalid values are rejected when set.
/// </summary>
public sealed record ContrastiveOptions
{
    /// <summary>The number of outputs, 1 or more; at most the number of inputs.</summary>
    public required int Outputs { get; init; }

    /// <summary>The number of steps, 0 to 1,000,000; with 0, the map is that to the principal components.</summary>
    public int Steps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1_000_000);
            field = value;
        }
    } = 1000;

    /// <summary>The number of vectors of a step, 2 to 4,096; at most all vectors are used.</summary>
    public int Batch
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 4096);
            field = value;
        }
    } = 512;

    /// <summary>The number of nearest vectors of a batch that make up a neighborhood, 2 or more.</summary>
    public int Neighbors
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            field = value;
        }
    } = 5;

    /// <summary>
    /// The width of the Gaussian kernel of pairs, as a share of the mean squared distance of a batch; above 0.
    /// </summary>
    public double KernelWidth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 0.25;

    /// <summary>The weight of the similarity of pairs, 0 to 1; the rest is that of neighborhoods.</summary>
    public double PairWeight
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            field = value;
        }
    } = 0.5;

    /// <summary>The distance, in mean distances, beyond which dissimilar vectors are far enough; above 0.</summary>
    public double Margin
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1;

    /// <summary>
    /// The weight of the part of the loss that keeps dissimilar vectors apart, 0 or more; 1 in the paper.
    /// </summary>
    public double Repulsion
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 1;

    /// <summary>The share of the averaged copy that a step keeps, 0 to 1.</summary>
    public double Momentum
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            field = value;
        }
    } = 0.99;

    /// <summary>The rate of the first step, above 0; it falls to 0 along half a cosine.</summary>
    public double LearningRate
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 3e-4;

    /// <summary>The seed of the batches.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads, 1 or more. Does not change results.</summary>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1;
}
