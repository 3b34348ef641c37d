using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Rendering;

namespace SemiDefect.Anomaly.Evaluation.Tests.Reports;

public class HeatColorsTests
{
    [Fact]
    public void The_colors_are_those_of_the_heatmaps_and_the_threshold_is_in_the_middle()
    {
        Assert.Equal(HeatmapRenderer.Colors.Slice(3 * 128, 3), At(0.3, 0.3).AsSpan(0, 3));
        Assert.Equal(HeatmapRenderer.Colors[^3..], At(0.6, 0.3).AsSpan(0, 3));
        Assert.Equal(At(2, 1), At(50, 1));
        Assert.Equal(At(0.9, 1), At(9, 10));
    }

    [Fact]
    public void Normal_values_are_clear_and_the_layer_thickens_with_the_value()
    {
        Assert.Equal([0, 0, 0], new[] { At(0, 1)[3], At(0.7, 1)[3], At(-3, 1)[3] });
        byte[] alphas = [.. Enumerable.Range(70, 140).Select(i => At(i / 100.0, 1)[3])];
        Assert.Equal(alphas.Order(), alphas);
        Assert.Equal(190, At(1, 1)[3]);
        Assert.Equal(235, alphas[^1]);
    }

    [Fact]
    public void Without_a_positive_threshold_only_what_exceeds_it_is_shown()
    {
        Assert.Equal(0, At(0, 0)[3]);
        Assert.Equal(At(2, 1), At(1e-9, 0));
    }

    private static byte[] At(double value, double threshold)
    {
        byte[] rgba = new byte[4];
        HeatColors.Write(value, threshold, rgba);
        return rgba;
    }
}
