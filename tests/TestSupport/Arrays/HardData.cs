using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Vectors of every kind that may be difficult for an exact search, the same for the same seed.</summary>
internal static class HardData
{
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "gaussian", "low rank", "clustered", "duplicated", "constant", "zeros", "grid", "far from the origin",
        "huge", "largest", "tiny", "denormal", "mixed scale", "one row far away", "sparse",
    ];

    /// <summary>The kinds for tests in child processes, where searches without hardware vectors are slow.</summary>
    public static IReadOnlyList<string> FewKinds { get; } =
        ["gaussian", "low rank", "clustered", "grid", "denormal", "mixed scale"];

    public static float[] Make(string kind, int rows, int columns, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        float[] values = new float[rows * columns];
        switch (kind)
        {
            case "gaussian":
                Fill(values, () => generator.NextGaussian());
                break;
            case "low rank":
                LowRank(values, rows, columns, generator);
                break;
            case "clustered":
                Clustered(values, rows, columns, generator, 0.01);
                break;
            case "duplicated":
                Clustered(values, rows, columns, generator, 0);
                break;
            case "constant":
                Array.Fill(values, 0.3f);
                break;
            case "zeros":
                break;
            case "grid":
                // Many exact ties.
                Fill(values, () => generator.NextInt32(3));
                break;
            case "far from the origin":
                Fill(values, () => 1000 + 1e-3 * generator.NextGaussian());
                break;
            case "huge":
                Fill(values, () => 1e18 * generator.NextGaussian());
                break;
            case "largest":
                Fill(values, () => generator.NextDouble(-1, 1) * float.MaxValue);
                break;
            case "tiny":
                Fill(values, () => 1e-18 * generator.NextGaussian());
                break;
            case "denormal":
                Fill(values, () => 1e-42 * generator.NextGaussian());
                break;
            case "mixed scale":
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(generator.NextGaussian() * Math.ScaleB(1, generator.NextInt32(160) - 80));
                }

                break;
            case "one row far away":
                Fill(values, () => generator.NextGaussian());
                values.AsSpan(rows / 2 * columns, columns).Fill(1e7f);
                break;
            case "sparse":
                Fill(values, () => generator.NextInt32(10) == 0 ? generator.NextGaussian() : 0);
                break;
            default:
                throw new ArgumentException("There is no such kind.", nameof(kind));
        }

        return values;
    }

    private static void Fill(float[] values, Func<double> next)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)next();
        }
    }

    private static void LowRank(float[] values, int rows, int columns, SeededGenerator generator)
    {
        int rank = Math.Min(5, columns);
        double[] directions = new double[rank * columns];
        for (int i = 0; i < directions.Length; i++)
        {
            directions[i] = generator.NextGaussian();
        }

        for (int row = 0; row < rows; row++)
        {
            for (int r = 0; r < rank; r++)
            {
                double amount = generator.NextGaussian() / (r + 1);
                for (int column = 0; column < columns; column++)
                {
                    values[row * columns + column] += (float)(amount * directions[r * columns + column]);
                }
            }

            for (int column = 0; column < columns; column++)
            {
                values[row * columns + column] += (float)(0.02 * generator.NextGaussian());
            }
        }
    }

    private static void Clustered(float[] values, int rows, int columns, SeededGenerator generator, double spread)
    {
        float[] centers = Make("gaussian", 7, columns, generator.NextUInt64());
        for (int row = 0; row < rows; row++)
        {
            int center = generator.NextInt32(7);
            for (int column = 0; column < columns; column++)
            {
                values[row * columns + column] =
                    (float)(centers[center * columns + column] + spread * generator.NextGaussian());
            }
        }
    }
}
