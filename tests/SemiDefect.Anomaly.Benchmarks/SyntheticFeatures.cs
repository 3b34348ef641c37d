using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Benchmarks;

/// <summary>
/// Features with the spectrum of backbone patches, or without any structure; the same on every machine.
/// </summary>
internal static class SyntheticFeatures
{
    /// <summary>
    /// Variances proportional to 1 / (1 + i / 4)^2: as for ResNet50 patches, 32 directions hold about nine tenths. The
    /// directions are pairs of columns instead of a random rotation, which makes no difference to exact search.
    /// </summary>
    public static FeatureMatrix LikePatches(int rows, int columns, ulong seed)
    {
        FeatureMatrix matrix = FeatureMatrix.Allocate(rows, columns);
        double[] scales = [.. Enumerable.Range(0, columns / 2).Select(i => 1 / (1 + i / 4.0))];
        Parallel.For(0, rows, row =>
        {
            var generator = new SeededGenerator(seed + ((ulong)row << 20));
            Span<float> values = matrix.Row(row);
            for (int i = 0; i < columns / 2; i++)
            {
                float amount = (float)(scales[i] * generator.NextGaussian());
                values[i] = amount;
                values[columns - 1 - i] = -amount;
            }
        });
        return matrix;
    }

    /// <summary>Independent standard normal values: no structure that a prefix could use.</summary>
    public static FeatureMatrix Isotropic(int rows, int columns, ulong seed)
    {
        FeatureMatrix matrix = FeatureMatrix.Allocate(rows, columns);
        Parallel.For(0, rows, row =>
        {
            var generator = new SeededGenerator(seed + ((ulong)row << 20));
            foreach (ref float value in matrix.Row(row))
            {
                value = (float)generator.NextGaussian();
            }
        });
        return matrix;
    }
}
