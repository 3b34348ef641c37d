namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Reference selection: every distance to every pick in float64, nothing skipped.</summary>
internal static class NaiveGreedy
{
    /// <summary>
    /// Picks rows, starting from the squared distances in <paramref name="squares"/>; start rows come first.
    /// </summary>
    public static int[] Select(float[] features, int columns, int count, double[] squares, params int[] starts)
    {
        int rows = features.Length / columns;
        var picks = new List<int>();
        while (picks.Count < count)
        {
            int pick = picks.Count < starts.Length ? starts[picks.Count] : Array.IndexOf(squares, squares.Max());
            if (picks.Count > 0 && picks.Count >= starts.Length && squares[pick] == 0)
            {
                break;
            }

            picks.Add(pick);
            for (int row = 0; row < rows; row++)
            {
                squares[row] = Math.Min(squares[row], Distance(features, columns, pick, row));
            }
        }

        return [.. picks];
    }

    /// <summary>The row whose distances to all rows have the largest norm.</summary>
    public static int Start(float[] features, int columns)
    {
        int rows = features.Length / columns;
        double[] sums =
        [
            .. Enumerable.Range(0, rows)
                .Select(row => Enumerable.Range(0, rows).Sum(other => Distance(features, columns, row, other)))
        ];
        return Array.IndexOf(sums, sums.Max());
    }

    public static double CoveringRadius(float[] features, int columns, int[] picks) =>
        Math.Sqrt(
            Enumerable.Range(0, features.Length / columns)
                .Max(row => picks.Min(pick => Distance(features, columns, row, pick))));

    public static double Distance(float[] features, int columns, int a, int b) =>
        BruteForce.SquaredDistance(features.AsSpan(a * columns, columns), features.AsSpan(b * columns, columns));
}
