namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Patch pooling as a sparse linear map: the channels and neighborhood offsets that contribute to each value of the
/// embedding, and their weights. Both adaptive poolings of <see cref="PatchPooling.AdaptiveMean"/> are composed here
/// once, in float64, so that applying them costs a few passes over the channels instead of unfolding every
/// neighborhood; offsets of a channel with equal weights collapse to the sum of the neighborhood. For the 512 and 1024
/// channels of WideResNet, this yields the closed form of the reference: (sum of 3 x 3 + center) / 10 for the first
/// tap, the mean of two channels' 3 x 3 means for the second. Immutable and thread-safe.
/// </summary>
internal sealed class PatchWeights
{
    private PatchWeights(int dimension, Term[][] terms)
    {
        Dimension = dimension;
        Terms = terms;
    }

    /// <summary>Values per embedding.</summary>
    public int Dimension { get; }

    /// <summary>The terms of each tap, ordered by output, channel, offset.</summary>
    public Term[][] Terms { get; }

    /// <summary>Composes the map for taps with the given numbers of channels.</summary>
    public static PatchWeights Create(PatchOptions options, IReadOnlyList<int> channels)
    {
        int area = options.PatchSize * options.PatchSize;
        return options.Pooling == PatchPooling.AveragePoolConcat
            ? Concatenate(channels, area)
            : Compose(options, channels, area);
    }

    private static PatchWeights Concatenate(IReadOnlyList<int> channels, int area)
    {
        var terms = new Term[channels.Count][];
        int start = 0;
        for (int tap = 0; tap < channels.Count; tap++)
        {
            int first = start;
            terms[tap] =
            [
                .. Enumerable.Range(0, channels[tap])
                    .Select(c => new Term(first + c, c, Term.WholeNeighborhood, (float)(1.0 / area)))
            ];
            start += channels[tap];
        }

        return new PatchWeights(start, terms);
    }

    private static PatchWeights Compose(PatchOptions options, IReadOnlyList<int> channels, int area)
    {
        var terms = new List<Term>[channels.Count];
        var weights = new SortedDictionary<int, double>[channels.Count];
        for (int tap = 0; tap < channels.Count; tap++)
        {
            terms[tap] = [];
            weights[tap] = [];
        }

        int pretrain = options.PretrainDimension;
        for (int output = 0; output < options.TargetDimension; output++)
        {
            (int start, int end) = AdaptivePooling.Range(output, pretrain * channels.Count, options.TargetDimension);
            for (int bin = start; bin < end; bin++)
            {
                int tap = bin / pretrain;
                (int from, int to) = AdaptivePooling.Range(bin % pretrain, channels[tap] * area, pretrain);
                for (int i = from; i < to; i++)
                {
                    weights[tap][i] = weights[tap].GetValueOrDefault(i) + 1.0 / (end - start) / (to - from);
                }
            }

            for (int tap = 0; tap < channels.Count; tap++)
            {
                AppendTerms(terms[tap], output, weights[tap], area);
                weights[tap].Clear();
            }
        }

        return new PatchWeights(options.TargetDimension, [.. terms.Select(list => list.ToArray())]);
    }

    private static void AppendTerms(List<Term> terms, int output, SortedDictionary<int, double> weights, int area)
    {
        foreach (IGrouping<int, KeyValuePair<int, double>> channel in weights.GroupBy(weight => weight.Key / area))
        {
            double common = channel.Count() == area ? channel.Min(weight => weight.Value) : 0;
            if (common > 0)
            {
                terms.Add(new Term(output, channel.Key, Term.WholeNeighborhood, (float)common));
            }

            // A difference from the common weight far below one weight is rounding error.
            terms.AddRange(channel
                .Where(weight => weight.Value - common > 1e-9 * weight.Value)
                .Select(weight => new Term(output, channel.Key, weight.Key % area, (float)(weight.Value - common))));
        }
    }

    /// <summary>Adds weight x channel, at one neighborhood offset or summed over all, to one output.</summary>
    /// <param name="Output">The index of the value in the embedding.</param>
    /// <param name="Channel">The channel of the tap.</param>
    /// <param name="Offset">Row-major position in the neighborhood, or <see cref="WholeNeighborhood"/>.</param>
    /// <param name="Weight">The factor.</param>
    internal readonly record struct Term(int Output, int Channel, int Offset, float Weight)
    {
        /// <summary>The sum over the neighborhood instead of one offset.</summary>
        public const int WholeNeighborhood = -1;
    }
}

/// <summary>
/// Adaptive average pooling of a vector of n values to m: bin i is the mean over
/// [floor(i n / m), ceil((i + 1) n / m)). Stateless and thread-safe.
/// </summary>
internal static class AdaptivePooling
{
    /// <summary>The half-open range that bin <paramref name="bin"/> of <paramref name="bins"/> covers.</summary>
    public static (int Start, int End) Range(int bin, int length, int bins) =>
        ((int)((long)bin * length / bins), (int)(((long)(bin + 1) * length + bins - 1) / bins));
}
