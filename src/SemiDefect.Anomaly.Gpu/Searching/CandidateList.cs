namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>The results of a device for one query, by ascending key: one column of the arrays.</summary>
internal readonly struct CandidateList(float[] keys, int[] rows, int query, int queries, int count)
{
    /// <summary>The length of the list.</summary>
    public int Count => count;

    /// <summary>A key.</summary>
    public float Key(int slot) => keys[slot * queries + query];

    /// <summary>The row of a key, or -1 after the last one.</summary>
    public int Row(int slot) => rows[slot * queries + query];

    /// <summary>Whether a row is in the first slots.</summary>
    public bool Holds(int row, int slots)
    {
        for (int slot = 0; slot < slots; slot++)
        {
            if (Row(slot) == row)
            {
                return true;
            }
        }

        return false;
    }
}
