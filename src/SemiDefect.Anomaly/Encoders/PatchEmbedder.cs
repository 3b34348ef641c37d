using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Computes locally aware patch embeddings: pools each position's neighborhood (zeros outside the map count), resamples
/// every tap to the grid of the finest one by bilinear interpolation (align_corners = false) and concatenates them.
/// Pooling and interpolation are linear, so their order matters for rounding only. Source: arXiv 2106.08265, section
/// 3.1. Thread-safe. Memory per running image: dimension x patches x 2 values and the neighborhood sums of one tap.
/// </summary>
internal sealed class PatchEmbedder
{
    // Uses the cores that are idle while a single image is inspected; more parts would repeat neighborhood sums.
    private const int PartsPerImage = 8;

    private readonly PatchOptions _options;
    private readonly int _patchSize;
    private readonly ConcurrentDictionary<string, PatchWeights> _weights = new(StringComparer.Ordinal);

    /// <summary>Creates an embedder.</summary>
    public PatchEmbedder(PatchOptions options)
    {
        _options = options;
        _patchSize = options.PatchSize;
    }

    /// <summary>Embeds one image of a batch.</summary>
    /// <param name="maps">One map per tap, all for the same images.</param>
    /// <param name="image">The index of the image.</param>
    /// <param name="view">The view that was encoded.</param>
    /// <exception cref="ArgumentException">There are no maps, or they are for different numbers of images.</exception>
    /// <exception cref="SemiDefectException">The embeddings do not fit one array (2^31 values).</exception>
    public PatchGrid Embed(IReadOnlyList<FeatureMap> maps, int image, View view)
    {
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentNullException.ThrowIfNull(view);
        if (maps.Count == 0 || maps.Any(map => map.Images != maps[0].Images))
        {
            throw new ArgumentException(
                "Feature maps of at least one tap, all for the same images, are needed.", nameof(maps));
        }

        PatchWeights weights = WeightsFor(maps);
        FeatureMap finest = maps.MaxBy(map => map.Height * map.Width)!;
        int patches = finest.Height * finest.Width;
        int dimension = weights.Dimension;
        if ((long)patches * dimension > Array.MaxLength)
        {
            throw new SemiDefectException(
                $"{patches} patches of {dimension} values are too many for one view: use a smaller size or crop, "
                    + "or tiles.");
        }

        float[] values = new float[patches * dimension];
        float[] planes = ArrayPool<float>.Shared.Rent(dimension * patches);

        // Each part writes to its own values, so the result does not depend on the number of threads.
        Parallel.For(0, PartsPerImage, part =>
        {
            (int first, int end) = Part(part, dimension);
            planes.AsSpan(first * patches, (end - first) * patches).Clear();
            for (int tap = 0; tap < maps.Count; tap++)
            {
                AddTap(maps[tap], image, weights.Terms[tap], first, end, finest, planes);
            }
        });
        Parallel.For(0, PartsPerImage, part =>
        {
            (int first, int end) = Part(part, patches);
            Transpose(planes, values, dimension, patches, first, end);
        });
        ArrayPool<float>.Shared.Return(planes);
        return PatchGrid.Of(finest.Height, finest.Width, dimension, values, view);
    }

    private PatchWeights WeightsFor(IReadOnlyList<FeatureMap> maps)
    {
        int[] channels = [.. maps.Select(map => map.Channels)];
        return _weights.GetOrAdd(string.Join(',', channels), _ => PatchWeights.Create(_options, channels));
    }

    private static (int First, int End) Part(int part, int count) =>
        ((int)((long)count * part / PartsPerImage), (int)((long)count * (part + 1) / PartsPerImage));

    /// <summary>
    /// Adds the contributions of a tap to the outputs from <paramref name="first"/> up to <paramref name="end"/>.
    /// </summary>
    private void AddTap(
        FeatureMap map,
        int image,
        PatchWeights.Term[] terms,
        int first,
        int end,
        FeatureMap finest,
        float[] planes)
    {
        int area = map.Height * map.Width;
        int patches = finest.Height * finest.Width;
        bool aligned = map.Height == finest.Height && map.Width == finest.Width;
        BilinearGrid? grid = aligned ? null : new BilinearGrid(map.Height, map.Width, finest.Height, finest.Width);
        ReadOnlySpan<float> source = map.Values.AsSpan(image * map.Channels * area, map.Channels * area);
        var neighborhood = new Neighborhood(map.Height, map.Width, _patchSize);
        float[] sum = new float[area];
        float[] pooled = new float[area];
        int summedChannel = -1;
        int start = Array.FindIndex(terms, term => term.Output >= first);
        for (int i = start < 0 ? terms.Length : start; i < terms.Length && terms[i].Output < end;)
        {
            int output = terms[i].Output;
            pooled.AsSpan().Clear();
            for (; i < terms.Length && terms[i].Output == output; i++)
            {
                PatchWeights.Term term = terms[i];
                ReadOnlySpan<float> channel = source.Slice(term.Channel * area, area);
                if (term.Offset != PatchWeights.Term.WholeNeighborhood)
                {
                    neighborhood.AddShifted(channel, term.Offset, term.Weight, pooled);
                    continue;
                }

                if (summedChannel != term.Channel)
                {
                    neighborhood.Sum(channel, sum);
                    summedChannel = term.Channel;
                }

                TensorPrimitives.MultiplyAdd(sum, term.Weight, pooled, pooled);
            }

            Span<float> plane = planes.AsSpan(output * patches, patches);
            if (grid is null)
            {
                TensorPrimitives.Add(plane, pooled, plane);
            }
            else
            {
                grid.AddInterpolated(pooled, plane);
            }
        }
    }

    private static void Transpose(
        ReadOnlySpan<float> planes,
        Span<float> rows,
        int dimension,
        int patches,
        int firstPatch,
        int endPatch)
    {
        // In tiles, so that both sides stay in the cache.
        const int Tile = 16;
        for (int p0 = firstPatch; p0 < endPatch; p0 += Tile)
        {
            int p1 = Math.Min(p0 + Tile, endPatch);
            for (int d0 = 0; d0 < dimension; d0 += Tile)
            {
                int d1 = Math.Min(d0 + Tile, dimension);
                for (int p = p0; p < p1; p++)
                {
                    for (int d = d0; d < d1; d++)
                    {
                        rows[p * dimension + d] = planes[d * patches + p];
                    }
                }
            }
        }
    }
}

/// <summary>
/// Sums and shifts over the square neighborhood of every position of a plane; positions outside count as zero. Each sum
/// runs over rows, then columns, in a fixed order that does not depend on the vector width. Not thread-safe: uses a
/// buffer.
/// </summary>
internal sealed class Neighborhood(int height, int width, int size)
{
    private readonly float[] _rowSums = new float[height * width];

    /// <summary>Writes the neighborhood sum of every position to <paramref name="sum"/>.</summary>
    public void Sum(ReadOnlySpan<float> plane, Span<float> sum)
    {
        int radius = size / 2;
        _rowSums.AsSpan().Clear();
        sum.Clear();
        for (int dx = -radius; dx <= radius; dx++)
        {
            for (int y = 0; y < height; y++)
            {
                AddRow(plane, y, y, dx, 1, _rowSums);
            }
        }

        for (int dy = -radius; dy <= radius; dy++)
        {
            for (int y = Math.Max(0, -dy); y < Math.Min(height, height - dy); y++)
            {
                AddRow(_rowSums, y + dy, y, 0, 1, sum);
            }
        }
    }

    /// <summary>
    /// Adds weight x plane, shifted so that each position reads its neighbor at <paramref name="offset"/>, to the
    /// target.
    /// </summary>
    public void AddShifted(ReadOnlySpan<float> plane, int offset, float weight, Span<float> target)
    {
        int dy = offset / size - size / 2;
        int dx = offset % size - size / 2;
        for (int y = Math.Max(0, -dy); y < Math.Min(height, height - dy); y++)
        {
            AddRow(plane, y + dy, y, dx, weight, target);
        }
    }

    private void AddRow(ReadOnlySpan<float> plane, int sourceY, int targetY, int dx, float weight, Span<float> target)
    {
        int count = width - Math.Abs(dx);
        if (count > 0)
        {
            AddScaled(
                plane.Slice(sourceY * width + Math.Max(dx, 0), count),
                weight,
                target.Slice(targetY * width + Math.Max(-dx, 0), count));
        }
    }

    // TensorPrimitives is faster for planes, but not for rows as short as these.
    private static void AddScaled(ReadOnlySpan<float> plane, float weight, Span<float> target)
    {
        int done = 0;
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(plane);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (; done < from.Length; done++)
        {
            to[done] += from[done] * weight;
        }

        for (int i = done * Vector<float>.Count; i < plane.Length; i++)
        {
            target[i] += plane[i] * weight;
        }
    }
}
