using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// The tables that a detector brings from its fit: what a tuning tried, and what thresholds find of planted defects.
/// Nothing for a detector without them. Stateless.
/// </summary>
internal static class ReportTuning
{
    public static void Append(StringBuilder page, DetectorDescription detector)
    {
        if (detector.Tuning is { } tuning)
        {
            AppendTried(page, tuning);
        }

        IReadOnlyList<ThresholdCost> costs = ThresholdCosts.Of(detector);
        if (costs.Count > 0)
        {
            AppendCosts(page, detector, costs);
        }
    }

    private static void AppendTried(StringBuilder page, TuningRecord tuning)
    {
        int planted = tuning.Candidates[tuning.Chosen].Found.Trials;
        page.Append(
            CultureInfo.InvariantCulture,
            $"<section><h2>How networks and sizes were chosen</h2><p>{tuning.Candidates.Count} combinations, each "
                + $"trained on {tuning.Learned} good images, were compared by {planted} defects planted in "
                + $"{tuning.HeldOut} others. Found means above the threshold and at the place of the defect.</p>"
                + $"<div class=\"scroll\"><table><thead><tr><th scope=\"col\">networks at sizes</th>"
                + $"<th scope=\"col\">found</th>");
        AppendSizes(page, tuning.Sizes);
        page.Append(
            "<th scope=\"col\">kinds better</th><th scope=\"col\">kinds worse</th><th scope=\"col\">"
                + "10<sup>9</sup> multiply-adds</th><th></th></tr></thead><tbody>");
        for (int i = 0; i < tuning.Candidates.Count; i++)
        {
            TuningCandidate candidate = tuning.Candidates[i];
            string name = HtmlText.Escape(
                $"{string.Join(", ", candidate.Networks)} at {string.Join(", ", candidate.Scales)}"
                    + (candidate.Change is { } change ? $", {change}" : string.Empty));
            string[] remarks =
            [
                .. candidate.IsDefault ? ["default"] : Array.Empty<string>(),
                .. i == tuning.Chosen ? ["chosen"] : Array.Empty<string>(),
            ];
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{name}</th><td>{candidate.Found.Found} of {candidate.Found.Trials}</td>");
            AppendFound(page, candidate.BySize);
            page.Append(
                CultureInfo.InvariantCulture,
                $"<td>{candidate.BetterKinds}</td><td>{candidate.WorseKinds}</td><td>"
                    + $"{candidate.MultiplyAdds / 1e9:0.0}</td><td>{string.Join(", ", remarks)}</td></tr>");
        }

        page.Append("</tbody></table></div></section>\n");
    }

    private static void AppendCosts(
        StringBuilder page, DetectorDescription detector, IReadOnlyList<ThresholdCost> costs)
    {
        int images = detector.Planted.Select(defect => defect.Image).Distinct().Count();
        page.Append(
            CultureInfo.InvariantCulture,
            $"<section><h2>What a threshold finds</h2><p>{detector.Planted.Count} defects were planted in {images} of "
                + $"the good training images and scored without anything from their fold. Real defects may be easier "
                + $"or harder; compare the rows with each other.</p><div class=\"scroll\"><table><thead><tr>"
                + $"<th scope=\"col\">false-alarm rate</th><th scope=\"col\">threshold</th><th scope=\"col\">found"
                + $"</th>");
        AppendSizes(page, ThresholdCosts.Sizes(detector));
        page.Append("<th></th></tr></thead><tbody>");
        foreach (ThresholdCost cost in costs)
        {
            string rate = cost.Rate is { } value
                ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.####} %")
                : "set by hand";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{rate}</th><td>{HtmlText.Number(cost.Threshold)}</td><td>"
                    + $"{cost.Found.Found} of {cost.Found.Trials}</td>");
            AppendFound(page, cost.BySize);
            page.Append(cost.IsPresent ? "<td>present</td></tr>" : "<td></td></tr>");
        }

        page.Append("</tbody></table></div></section>\n");
    }

    private static void AppendSizes(StringBuilder page, IReadOnlyList<int> sizes)
    {
        foreach (int size in sizes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{size} px</th>");
        }
    }

    private static void AppendFound(StringBuilder page, IReadOnlyList<TuningShare> bySize)
    {
        foreach (TuningShare share in bySize)
        {
            page.Append(CultureInfo.InvariantCulture, $"<td>{share.Found} of {share.Trials}</td>");
        }
    }
}
