using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>Helpers shared by the array benchmarks. Stateless.</summary>
internal static class BenchmarkArrays
{
    /// <summary>Reads a matrix of finite float32 values with at least one row. The caller disposes it.</summary>
    /// <exception cref="SemiDefectException">The file cannot be read or holds something else.</exception>
    public static FeatureMatrix Read(string path)
    {
        (int[] shape, float[] values) = NpyFile.Read<float>(path);
        if (shape.Length != 2 || shape[0] < 1 || shape[1] < 1)
        {
            throw new SemiDefectException($"'{path}' must hold rows x dimensions, at least one of each.");
        }

        FeatureMatrix matrix = FeatureMatrix.CopyOf(values, shape[0], shape[1]);
        if (Magnitude.FirstRowNotFinite(matrix) is int bad and >= 0)
        {
            matrix.Dispose();
            throw new SemiDefectException($"Row {bad} of '{path}' holds NaN or infinity.");
        }

        return matrix;
    }

    /// <summary>The median, or the mean of the two middle values if their number is even.</summary>
    public static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
