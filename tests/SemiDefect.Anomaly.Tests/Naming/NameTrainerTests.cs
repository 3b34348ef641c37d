using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Tests.Naming;

public class NameTrainerTests
{
    // Two blocks besides those of the shape: all of this length.
    private static readonly int[] Blocks = [3, 3, 3, 3];
    private static readonly string[] Types = ["a", "b", "c"];
    private static readonly DefectBox Region = new(10, 20, 30, 60);

    [Fact]
    public void Defects_of_types_that_lie_apart_are_named_right()
    {
        NamesRecord names = Train(Rows(10, 0.2, 1));
        Assert.Equal(Types, names.Types.Select(type => type.Name));
        Assert.All(names.Types, type => Assert.Equal((10, 10), (type.Defects, type.Right)));
        var classifier = new NameClassifier(names);
        foreach (TaughtRow row in Rows(5, 0.2, 2))
        {
            RegionType type = classifier.Name(row.Descriptor, Region);
            Assert.Equal(row.Type, type.Closest);
            Assert.InRange(type.Confidence, 0.3, 1);
            Assert.Equal(Region, type.Box);
        }
    }

    [Fact]
    public void Of_defects_of_taught_types_no_more_are_unknown_than_the_rate_says()
    {
        NamesRecord names = Train(Rows(60, 1, 3), unknownRate: 0.1);
        var classifier = new NameClassifier(names);
        int unknown = Rows(300, 1, 4).Count(row => classifier.Name(row.Descriptor, Region).IsUnknown);
        Assert.InRange(unknown / 900.0, 0.03, 0.17);
    }

    [Fact]
    public void What_is_unlike_all_types_is_unknown()
    {
        NamesRecord names = Train(Rows(30, 0.2, 5));
        double[] other = [.. Enumerable.Range(0, Blocks.Sum()).Select(i => i % 2 == 0 ? 40.0 : -40.0)];
        RegionType type = new NameClassifier(names).Name(other, Region);
        Assert.Equal(RegionType.UnknownName, type.Name);
        Assert.Contains(type.Closest, Types);
        Assert.InRange(type.PValue, 0, 0.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Too_few_defects_call_nothing_unknown(int perType)
    {
        NamesRecord names = Train(Rows(perType, 0.2, 6));
        double[] other = [.. Enumerable.Repeat(1000.0, Blocks.Sum())];
        Assert.False(new NameClassifier(names).Name(other, Region).IsUnknown);
        Assert.All(new DefectNames(names).Types, type => Assert.False(type.HasOwnLimit));
    }

    [Fact]
    public void Few_defects_of_each_type_share_a_limit()
    {
        NamesRecord names = Train(Rows(8, 0.2, 7));
        double[] other = [.. Enumerable.Range(0, Blocks.Sum()).Select(i => i % 2 == 0 ? 40.0 : -40.0)];
        Assert.True(new NameClassifier(names).Name(other, Region).IsUnknown);
        Assert.All(new DefectNames(names).Types, type => Assert.False(type.HasOwnLimit));
    }

    [Fact]
    public void A_single_type_is_recognized_by_its_prototype()
    {
        NamesRecord names = Train([.. Rows(25, 0.2, 8).Where(row => row.Type == "b")]);
        Assert.Equal(NamingMethod.Prototype, names.Method);
        var classifier = new NameClassifier(names);
        Assert.All(
            Rows(10, 0.01, 9).Where(row => row.Type == "b"),
            row => Assert.Equal("b", classifier.Name(row.Descriptor, Region).Name));
        Assert.True(classifier.Name([.. Enumerable.Repeat(1000.0, Blocks.Sum())], Region).IsUnknown);
    }

    [Fact]
    public void Boxes_are_learned_as_shares_of_their_regions()
    {
        TaughtRow[] rows = [.. Rows(10, 0.2, 10).Select(row => row with { Insets = [0.25, 0.5, 0, 0.25] })];
        NamesRecord names = Train(rows);
        Assert.True(names.HasBoxes);
        DefectBox box = new NameClassifier(names).Name(rows[0].Descriptor, Region).Box;
        Assert.Equal(15, box.Left, 1);
        Assert.Equal(40, box.Top, 1);
        Assert.Equal(30, box.Right, 1);
        Assert.Equal(50, box.Bottom, 1);
    }

    [Fact]
    public void Views_do_not_count_as_defects()
    {
        TaughtRow[] rows = Rows(6, 0.2, 11);
        TaughtRow[] views = [.. rows.Select(row => row with { Descriptor = [.. row.Descriptor.Select(x => x + 0.1)] })];
        NamesRecord names = NameTrainer.Train([.. rows, .. views], Blocks, 0.05, views.Length, default);
        Assert.All(names.Types, type => Assert.Equal(6, type.Defects));
        Assert.Equal(18, names.Views);
    }

    [Fact]
    public void The_same_rows_give_the_same_bits()
    {
        NamesRecord first = Train(Rows(10, 1, 12));
        Assert.Equal(first.Weights, Train(Rows(10, 1, 12)).Weights);
        Assert.Equal(first.LengthOf, first.Weights.LongLength);
        Assert.True(first.IsValid);
    }

    private static NamesRecord Train(IReadOnlyList<TaughtRow> rows, double unknownRate = 0.05) =>
        NameTrainer.Train(rows, Blocks, unknownRate, 0, default);

    private static TaughtRow[] Rows(int perType, double spread, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        return
        [
            .. from type in Enumerable.Range(0, Types.Length)
               from i in Enumerable.Range(0, perType)
               select new TaughtRow(
                   type * perType + i,
                   Types[type],
                   [
                       .. Enumerable.Range(0, Blocks.Sum())
                           .Select(value => (value % 3 == type ? 4 : 0) + spread * generator.NextGaussian()),
                   ],
                   null),
        ];
    }
}
