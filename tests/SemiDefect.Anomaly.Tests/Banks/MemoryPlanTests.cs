using System.Globalization;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Tests.Banks;

public partial class MemoryPlanTests
{
    [Fact]
    public void A_bank_per_fold_needs_more_room_than_one()
    {
        const long Bytes = 1L << 30;
        var coreset = new CoresetOptions(0.9);
        int rows = new MemoryPlan(Bytes).RowsAtOnce(1024) - 10;
        Assert.Null(Refusal(new MemoryPlan(Bytes), 1024, rows, coreset));
        Assert.Contains(
            "5 memory banks", Refusal(new MemoryPlan(Bytes, 5), 1024, rows, coreset), StringComparison.Ordinal);
        Assert.Null(Refusal(new MemoryPlan(Bytes, 5), 1024, rows / 4, coreset));
    }

    [Fact]
    public void The_fold_ensemble_keeps_a_bank_per_fold()
    {
        Assert.Equal(1, MemoryPlan.Of(FitPresets.Create(FitPresets.Fast) with { Folds = 7 }, 0).Banks);
        Assert.Equal(7, MemoryPlan.Of(FitPresets.Create(FitPresets.Fast) with
        { Folds = 7, FoldBanks = true }, 0).Banks);
    }

    [Fact]
    public void The_limit_suggested_by_an_error_message_is_sufficient()
    {
        int refused = 0;
        foreach (int banks in (int[])[1, 2, 5, 10])
        {
            foreach (int rows in (int[])[3_000, 40_000, 300_000, 8_000_000])
            {
                foreach (double fraction in (double[])[0.001, 0.01, 0.1, 0.6, 1])
                {
                    refused += AssertHelps(new MemoryPlan(64L << 20, banks), rows, fraction) + AssertHelps(
                        new MemoryPlan(4L << 30, banks), rows, fraction);
                }
            }
        }

        Assert.InRange(refused, 60, 140);
    }

    private static int AssertHelps(MemoryPlan plan, int rows, double fraction)
    {
        if (Refusal(plan, 1024, rows, new CoresetOptions(fraction)) is not { } message)
        {
            return 0;
        }

        double share = double.Parse(Share().Match(message).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(ByteSize.TryParse(Memory().Match(message).Groups[1].Value, out long enough));
        Assert.InRange(share, 1e-6, fraction);
        Assert.InRange(enough, plan.Bytes + 1, long.MaxValue);
        Assert.Null(Refusal(plan, 1024, rows, new CoresetOptions(share)));
        Assert.Null(Refusal(plan with { Bytes = enough }, 1024, rows, new CoresetOptions(fraction)));
        return 1;
    }

    [GeneratedRegex(@"--coreset ([0-9.]+) fits")]
    private static partial Regex Share();

    [GeneratedRegex(@"--max-memory ([0-9.]+[A-Za-z]+)\)")]
    private static partial Regex Memory();

    private static string? Refusal(MemoryPlan plan, int columns, int rows, CoresetOptions coreset) =>
        Record.Exception(() => plan.RowsAtOnce(columns, columns, rows, coreset)) is { } error
            ? Assert.IsType<SemiDefectException>(error).Message
            : null;
}
