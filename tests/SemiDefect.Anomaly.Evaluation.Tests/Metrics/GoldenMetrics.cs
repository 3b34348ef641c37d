using System.Text.Json;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

internal sealed record GoldenMetrics(
    [property: JsonPropertyName("images")] GoldenMetrics.ImageCase[] Images,
    [property: JsonPropertyName("pixels")] GoldenMetrics.PixelCase[] Pixels)
{
    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public static GoldenMetrics Load()
    {
        string path = Path.Combine(Repository.Root, "tests/Golden/metrics/metrics.json");
        return JsonSerializer.Deserialize<GoldenMetrics>(File.ReadAllText(path), SnakeCase)!;
    }

    internal sealed record ImageCase(
        string Name,
        double[] Scores,
        bool[] Labels,
        double? Auroc,
        double? AveragePrecision,
        [property: JsonPropertyName("f1_max")] double? F1Max,
        double[]? RocFpr,
        double[]? RocTpr,
        double[]? PrPrecision,
        double[]? PrRecall,
        double Threshold,
        int[] Confusion,
        double? Precision,
        double? Recall,
        [property: JsonPropertyName("f1")] double? F1,
        double? BalancedAccuracy);

    internal sealed record PixelCase(
        string Name,
        int Width,
        int Height,
        PixelMap[] Maps,
        double Auroc,
        double AveragePrecision);

    internal sealed record PixelMap(float[] Map, int[] Mask);
}
