using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Imaging.Masks;

/// <summary>
/// Connected components of a mask by two passes and union-find (Rosenfeld and Pfaltz 1966). Stateless and thread-safe.
/// </summary>
public static class ConnectedComponents
{
    /// <summary>Labels the non-zero pixels.</summary>
    /// <param name="mask">width x height bytes, row by row; any value but 0 is inside.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="connectivity">Which pixels are neighbors.</param>
    /// <returns>
    /// One label per pixel: 0 outside, and 1 .. <c>Count</c> inside, numbered in raster order of the components' first
    /// pixels; and the number of components.
    /// </returns>
    /// <exception cref="ArgumentException">The mask does not have width x height pixels.</exception>
    public static (int[] Labels, int Count) Label(
        ReadOnlySpan<byte> mask,
        int width,
        int height,
        Connectivity connectivity = Connectivity.Eight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (mask.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"A {width} x {height} mask has {(long)width * height} pixels, got {mask.Length}.", nameof(mask));
        }

        int[] labels = new int[mask.Length];

        // parents[label] <= label always, so the root of a component is its smallest provisional label: that of its
        // first pixel in raster order.
        var parents = new List<int> { 0 };
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = y * width + x;
                if (mask[i] != 0)
                {
                    labels[i] = ProvisionalLabel(labels, i, x, y, width, connectivity, parents);
                }
            }
        }

        int count = NumberRoots(CollectionsMarshal.AsSpan(parents));
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = parents[labels[i]];
        }

        return (labels, count);
    }

    /// <summary>The same for a Boolean mask.</summary>
    /// <exception cref="ArgumentException">The mask does not have width x height pixels.</exception>
    public static (int[] Labels, int Count) Label(
        ReadOnlySpan<bool> mask,
        int width,
        int height,
        Connectivity connectivity = Connectivity.Eight) =>
        Label(MemoryMarshal.AsBytes(mask), width, height, connectivity);

    private static int ProvisionalLabel(
        int[] labels,
        int i,
        int x,
        int y,
        int width,
        Connectivity connectivity,
        List<int> parents)
    {
        int label = x > 0 ? labels[i - 1] : 0;
        if (y > 0)
        {
            label = Join(label, labels[i - width], parents);
            if (connectivity == Connectivity.Eight)
            {
                label = x > 0 ? Join(label, labels[i - width - 1], parents) : label;
                label = x < width - 1 ? Join(label, labels[i - width + 1], parents) : label;
            }
        }

        if (label == 0)
        {
            label = parents.Count;
            parents.Add(label);
        }

        return label;
    }

    private static int Join(int a, int b, List<int> parents)
    {
        if (a == 0 || b == 0 || a == b)
        {
            return Math.Max(a, b);
        }

        int rootA = Root(a, parents);
        int rootB = Root(b, parents);
        int root = Math.Min(rootA, rootB);
        parents[rootA] = root;
        parents[rootB] = root;
        return root;
    }

    private static int Root(int label, List<int> parents)
    {
        while (parents[label] != label)
        {
            parents[label] = parents[parents[label]];
            label = parents[label];
        }

        return label;
    }

    private static int NumberRoots(Span<int> parents)
    {
        int count = 0;
        for (int label = 1; label < parents.Length; label++)
        {
            parents[label] = parents[label] == label ? ++count : parents[parents[label]];
        }

        return count;
    }
}

/// <summary>Which pixels count as neighbors.</summary>
public enum Connectivity
{
    /// <summary>Those that share an edge.</summary>
    Four,

    /// <summary>Those that share an edge or a corner.</summary>
    Eight,
}
