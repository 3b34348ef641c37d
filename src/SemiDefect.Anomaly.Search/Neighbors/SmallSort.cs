using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Shell sort with Ciura's gaps (2001) for at most a few hundred values. The library's sort runs unoptimized at first,
/// and then takes longer than the search that uses it. Stateless.
/// </summary>
internal static unsafe class SmallSort
{
    private static ReadOnlySpan<int> Gaps => [132, 57, 23, 10, 4, 1];

    /// <summary>Sorts <paramref name="keys"/> in ascending order, and <paramref name="items"/> with them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(float* keys, int* items, int count)
    {
        foreach (int gap in Gaps)
        {
            for (int i = gap; i < count; i++)
            {
                float key = keys[i];
                int item = items[i];
                int slot = i;
                for (; slot >= gap && keys[slot - gap] > key; slot -= gap)
                {
                    keys[slot] = keys[slot - gap];
                    items[slot] = items[slot - gap];
                }

                keys[slot] = key;
                items[slot] = item;
            }
        }
    }

    /// <summary>Sorts <paramref name="keys"/> in ascending order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(float* keys, int count)
    {
        for (int i = 1; i < count; i++)
        {
            float key = keys[i];
            int slot = i;
            for (; slot > 0 && keys[slot - 1] > key; slot--)
            {
                keys[slot] = keys[slot - 1];
            }

            keys[slot] = key;
        }
    }
}
