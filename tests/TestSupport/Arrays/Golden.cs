using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Reads the golden arrays of tests/Golden.</summary>
internal static class Golden
{
    public static (int[] Shape, T[] Values) Read<T>(string relativePath)
        where T : unmanaged =>
        NpyFile.Read<T>(Path.Combine(Repository.Root, "tests/Golden", relativePath));

    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double scale = Math.Max(1, Math.Abs(expected[i]));
            Assert.True(
                Math.Abs((double)expected[i] - actual[i]) <= tolerance * scale,
                $"[{i}] is {actual[i]:R} instead of {expected[i]:R}");
        }
    }
}
