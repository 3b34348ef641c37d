using System.Globalization;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests;

public sealed partial class AccuracyFiguresTests
{
    private static readonly AccuracyFigures Floor = new(Auroc: 0.906, Aupro: 0.879, Found: 7, FalseAlarms: 1);

    [Fact]
    public void Figures_at_or_above_their_floors_pass()
    {
        Assert.Null(Floor.WhereBelow(Floor));
        Assert.Null(new AccuracyFigures(0.95, 0.9, 8, 0).WhereBelow(Floor));
        Assert.Null((Floor with { Aupro = 0.1 }).WhereBelow(Floor with { Aupro = null }));
    }

    [Fact]
    public void A_figure_below_its_floor_is_reported_among_all_the_others()
    {
        AccuracyFigures[] worse =
        [
            Floor with { Auroc = 0.9059 },
            Floor with { Auroc = null },
            Floor with { Aupro = 0.8789 },
            Floor with { Aupro = null },
            Floor with { Found = 6 },
            Floor with { FalseAlarms = 2 },
        ];
        Assert.All(
            worse,
            figures => Assert.Single(Lines(figures), line => line.EndsWith("MISSED", StringComparison.Ordinal)));
        Assert.Equal(
            [
                "  image AUROC   0.906     at least 0.906  holds",
                "  AUPRO         0.879     at least 0.879  holds",
                "  found         6         at least 7      MISSED",
                "  false alarms  1         at most  1      holds",
            ],
            Lines(Floor with { Found = 6 }));

        static string[] Lines(AccuracyFigures figures) => figures.WhereBelow(Floor)!.Split('\n');
    }

    [Fact]
    public void The_floors_of_the_gate_are_the_figures_in_benchmark_md_rounded_down()
    {
        Dictionary<string, AccuracyFigures> documented = Row()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "benchmark.md")))
            .ToDictionary(
                row => row.Groups["set"].Value,
                row => new AccuracyFigures(
                    Number(row.Groups["auroc"]),
                    row.Groups["aupro"].Value == "-" ? null : Number(row.Groups["aupro"]),
                    (int)Number(row.Groups["found"]),
                    (int)Number(row.Groups["alarms"])));
        Assert.Equal(AccuracyGateTests.Floors.Keys.Order(), documented.Keys.Order());
        Assert.All(AccuracyGateTests.Floors, pair =>
        {
            AccuracyFigures figures = documented[pair.Key];
            AssertRounded(figures.Auroc, pair.Value.Auroc);
            AssertRounded(figures.Aupro, pair.Value.Aupro);
            Assert.Equal((figures.Found, figures.FalseAlarms), (pair.Value.Found, pair.Value.FalseAlarms));
        });

        static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Rounding to the nearest gives the floor or 0.001 more.</summary>
    private static void AssertRounded(double? documented, double? floor)
    {
        Assert.Equal(floor is null, documented is null);
        if (floor is not null)
        {
            Assert.InRange(documented!.Value - floor.Value, -1e-9, 0.001 + 1e-9);
        }
    }

    [GeneratedRegex(
        @"^\| `semidefect evaluate \S*?(?<set>[\w-]+)` \| (?<auroc>[\d.]+) [^|]*\| (?<aupro>[\d.]+|-) "
            + @"\| (?<found>\d+) of \d+ \| (?<alarms>\d+) of \d+ \|$",
        RegexOptions.Multiline)]
    private static partial Regex Row();
}
