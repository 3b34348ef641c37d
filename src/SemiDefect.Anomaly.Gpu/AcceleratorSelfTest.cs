using System.Diagnostics;
using SemiDefect.Anomaly.Gpu.Searching;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Gpu;

/// <summary>Compares a small search and a small coreset on an accelerator with the CPU. Stateless.</summary>
public static class AcceleratorSelfTest
{
    private const int Rows = 500;
    private const int Columns = 40;
    private const int Factors = 6;
    private const int Queries = 70;
    private const int Neighbors = 5;
    private const int Picks = 12;

    /// <summary>Tests one accelerator.</summary>
    /// <param name="id">An <see cref="AcceleratorDescription.Id"/>.</param>
    /// <param name="cancellationToken">Stops the test.</param>
    /// <returns>The result, including failures, which are not thrown.</returns>
    public static AcceleratorTestResult Run(string id, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            using SearchAccelerator? accelerator = AcceleratorChoice.Open(id);
            string? problem = accelerator is null ? "it is the CPU itself" : Compare(accelerator, cancellationToken);
            return new AcceleratorTestResult(
                problem is null,
                problem ?? "same results as the CPU, bit for bit",
                Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        catch (SemiDefectException error)
        {
            return new AcceleratorTestResult(false, error.Message, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    private static string? Compare(SearchAccelerator accelerator, CancellationToken cancellationToken)
    {
        using FeatureMatrix features = Make(Rows, 1);
        using FeatureMatrix queries = Make(Queries, 2);
        using INearestNeighbors device = accelerator.CreateSearch(features, default, 0);
        using INearestNeighbors cpu = NearestNeighbors.Create(features);
        (double[] Distances, int[] Rows) expected = Search(cpu, queries, cancellationToken);
        (double[] Distances, int[] Rows) found = Search(device, queries, cancellationToken);
        if (!expected.Distances.AsSpan().SequenceEqual(found.Distances)
            || !expected.Rows.AsSpan().SequenceEqual(found.Rows))
        {
            return "finds neighbors that differ from the CPU's";
        }

        if (device is DeviceNearestNeighbors { Unsettled: > 0 } searched)
        {
            return $"left {searched.Unsettled} of {Queries} queries to the CPU";
        }

        var options = new CoresetOptions(count: Picks);
        int[] picks =
            Coreset.Select(features, options with { Accelerator = accelerator }, null, cancellationToken).Indices;
        return Coreset.Select(features, options, null, cancellationToken).Indices.AsSpan().SequenceEqual(picks)
            ? null
            : "picks a coreset that differs from the CPU's";
    }

    private static (double[] Distances, int[] Rows) Search(
        INearestNeighbors search,
        FeatureMatrix queries,
        CancellationToken cancellationToken)
    {
        double[] distances = new double[Queries * Neighbors];
        int[] rows = new int[distances.Length];
        search.Search(queries.RowBlock(0, Queries), Neighbors, distances, rows, BankFilter.All, cancellationToken);
        return (distances, rows);
    }

    /// <summary>Vectors that mostly follow a few factors, like real features.</summary>
    private static FeatureMatrix Make(int rows, ulong seed)
    {
        var shared = new SeededGenerator(7);
        float[] factors = [.. Enumerable.Range(0, Factors * Columns).Select(_ => (float)shared.NextGaussian())];
        var generator = new SeededGenerator(seed);
        FeatureMatrix matrix = FeatureMatrix.Allocate(rows, Columns);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = matrix.Row(row);
            for (int factor = 0; factor < Factors; factor++)
            {
                float weight = (float)generator.NextGaussian();
                for (int column = 0; column < Columns; column++)
                {
                    values[column] += weight * factors[factor * Columns + column];
                }
            }

            foreach (ref float value in values)
            {
                value += 0.05f * (float)generator.NextGaussian();
            }
        }

        return matrix;
    }
}
