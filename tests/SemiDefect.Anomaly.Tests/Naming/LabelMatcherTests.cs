using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Tests.Naming;

public class LabelMatcherTests
{
    [Fact]
    public void A_region_is_of_the_label_that_it_shares_most_pixels_with()
    {
        RegionPixels left = Box(0, 0, 10, 10);
        RegionPixels right = Box(20, 0, 10, 10);
        List<int>[] matches = LabelMatcher.Match(
            [left, right], [Box(2, 0, 20, 10), Box(22, 2, 4, 4), Box(40, 0, 5, 5)]);
        Assert.Equal([0], matches[0]);
        Assert.Equal([1], matches[1]);
    }

    [Fact]
    public void A_region_that_only_touches_a_label_is_not_of_it()
    {
        List<int>[] matches = LabelMatcher.Match([Box(0, 0, 20, 20)], [Box(18, 0, 20, 20)]);
        Assert.Empty(matches[0]);
    }

    [Fact]
    public void Pieces_of_a_long_defect_are_all_of_it_the_largest_first()
    {
        List<int>[] matches = LabelMatcher.Match(
            [Box(0, 0, 100, 4)], [Box(0, 0, 10, 4), Box(30, 0, 40, 4)]);
        Assert.Equal([1, 0], matches[0]);
    }

    [Fact]
    public void What_no_label_touches_is_of_the_label_of_the_whole_image()
    {
        List<int>[] matches = LabelMatcher.Match(
            [Box(0, 0, 10, 10), null], [Box(50, 50, 5, 5), Box(1, 1, 8, 8)]);
        Assert.Equal([1], matches[0]);
        Assert.Equal([0], matches[1]);
    }

    [Fact]
    public void Boxes_overlap_by_their_shared_area()
    {
        var box = new DefectBox(0, 0, 10, 10);
        Assert.Equal(1, box.Overlap(box));
        Assert.Equal(50.0 / 150, box.Overlap(new DefectBox(5, 0, 15, 10)), 12);
        Assert.Equal(0, box.Overlap(new DefectBox(10, 0, 20, 10)));
        Assert.Equal(0, new DefectBox(1, 1, 1, 1).Overlap(new DefectBox(1, 1, 1, 1)));
    }

    private static RegionPixels Box(int left, int top, int width, int height) =>
        RegionPixels.Of(left, top, width, height, (_, _) => true)!;
}
