namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>Selection of rows. Stateless.</summary>
public static class FeatureMatrixExtensions
{
    /// <summary>Copies the given rows into a new matrix. The caller disposes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist.</exception>
    public static FeatureMatrix Gather(this FeatureMatrix source, ReadOnlySpan<int> rows)
    {
        FeatureMatrix result = FeatureMatrix.Allocate(rows.Length, source.Columns);
        try
        {
            for (int i = 0; i < rows.Length; i++)
            {
                source.Row(rows[i]).CopyTo(result.Row(i));
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies the rows of two matrices of the same width, one below the other, into a new matrix. The caller disposes
    /// it.
    /// </summary>
    public static FeatureMatrix Append(this FeatureMatrix upper, FeatureMatrix lower)
    {
        FeatureMatrix result = FeatureMatrix.Allocate(checked(upper.Rows + lower.Rows), upper.Columns);
        for (int row = 0; row < result.Rows; row++)
        {
            (row < upper.Rows ? upper.Row(row) : lower.Row(row - upper.Rows)).CopyTo(result.Row(row));
        }

        return result;
    }
}
