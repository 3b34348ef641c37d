using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class NamingAccumulatorTests
{
    private static readonly DefectBox Here = new(0, 0, 10, 10);
    private static readonly DefectBox There = new(50, 50, 60, 60);

    [Fact]
    public void Labels_and_findings_are_counted_once_each()
    {
        var accumulator = new NamingAccumulator(["crack", "dot"]);
        accumulator.Add([("dot", Here), ("dot", There)], [Found("dot", Here), Found("crack", There)]);
        accumulator.Add([("crack", Here)], [Found(RegionType.UnknownName, Here, "crack"), Found("dot", There)]);
        accumulator.Add([("hole", null)], []);
        NamingReport report = accumulator.Complete();
        Assert.Equal(["crack", "dot", "hole"], report.PerType.Select(type => type.Type));
        Assert.Equal([0, 0, 0, 1, 0], report.Confusion[0]);
        Assert.Equal([1, 1, 0, 0, 0], report.Confusion[1]);
        Assert.Equal([0, 0, 0, 0, 1], report.Confusion[2]);
        Assert.Equal([0, 1, 0, 0, 0], report.Confusion[3]);
        NamedTypeResult dot = report.PerType[1];
        Assert.Equal((2, 2, 1, 0, 0), (dot.Defects, dot.Called, dot.Right, dot.Unknown, dot.Missed));
        Assert.Equal(0.5, dot.Precision);
        Assert.Equal(0.5, dot.Recall);
        Assert.Equal(0.5, dot.F1);
        Assert.Equal(1.0 / 4, report.Accuracy);
        Assert.Equal((0 + 0.5 + 0) / 3, report.Recall!.Value, 12);
    }

    [Fact]
    public void A_share_that_hides_a_type_is_pointed_out()
    {
        var accumulator = new NamingAccumulator(["crack", "dot"]);
        for (int i = 0; i < 9; i++)
        {
            accumulator.Add([("dot", Here)], [Found("dot", Here)]);
        }

        accumulator.Add([("crack", Here)], [Found("dot", Here)]);
        Assert.Equal(
            "90 % of all defects are named right, but only 0 of 1 of the type crack.", accumulator.Complete().Warning);
    }

    [Fact]
    public void An_image_labeled_as_a_whole_has_the_name_of_its_highest_region_and_no_boxes()
    {
        var accumulator = new NamingAccumulator(["crack", "dot"]);
        accumulator.Add([("dot", null)], [Found("dot", Here), Found("crack", There)]);
        NamingReport report = accumulator.Complete();
        Assert.Equal(1, report.Accuracy);
        Assert.Null(report.Ap50);
        Assert.Equal(0, report.Confusion[2].Sum());
    }

    private static RegionType Found(string name, DefectBox box, string? closest = null) =>
        new(name, closest ?? name, 0.5, 0.5, box);
}
