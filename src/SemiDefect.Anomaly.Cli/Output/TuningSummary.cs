using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Tuning;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a tuning after a fit.</summary>
internal static class TuningSummary
{
    private const int NarrowestName = 27;

    /// <summary>Writes the table of what was tried.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="result">The tuning.</param>
    /// <param name="thresholds">The thresholds of the detector that was fitted with what was chosen.</param>
    public static void Write(TextWriter output, TuningResult result, DetectorThresholds thresholds)
    {
        TuningCandidate chosen = result.Candidates[result.Chosen];
        output.WriteLine(
            $"Tuning      {result.Candidates.Count} combinations, each learned from {result.Learned} images; "
                + $"{chosen.Found.Trials} defects planted in {result.HeldOut} others");
        int width = Math.Max(NarrowestName, result.Candidates.Max(candidate => Name(candidate).Length));
        string sizes = string.Join(' ', result.Sizes.Select(size => $"{$"{size} px",7}"));
        output.WriteLine($"            {"networks at sizes".PadRight(width)}  found  {sizes}  better worse  cost");
        foreach (TuningCandidate candidate in result.Candidates)
        {
            string bySize = string.Join(' ', candidate.BySize.Select(size => $"{size.Found,7}"));
            string remark = ReferenceEquals(candidate, chosen) ? "  chosen"
                : candidate.IsProven ? "  proven"
                : string.Empty;
            string cost = candidate.MultiplyAdds == 0
                ? "?"
                : string.Create(CultureInfo.InvariantCulture, $"{candidate.MultiplyAdds / 1e9:0.0}");
            output.WriteLine(
                $"            {Name(candidate).PadRight(width)}  {candidate.Found.Found,5}  {bySize}  "
                    + $"{candidate.BetterKinds,6} {candidate.WorseKinds,5}  {cost,4}"
                    + (candidate.IsDefault ? "  default" : string.Empty) + remark);
        }

        output.WriteLine($"            {"false-alarm rate  threshold".PadRight(width)}  found  {sizes}");
        foreach (TuningRate rate in result.Rates)
        {
            string bySize = string.Join(' ', rate.BySize.Select(size => $"{size.Found,7}"));
            string threshold = $"{Text.Number(rate.Rate),16}  {Text.Number(Threshold(rate, thresholds)),9}";
            output.WriteLine($"            {threshold.PadRight(width)}  {rate.Found.Found,5}  {bySize}");
        }
    }

    /// <summary>The same as JSON.</summary>
    public static TuningJson Json(TuningResult result, DetectorThresholds thresholds) => new(
        result.Learned,
        result.HeldOut,
        result.Sizes,
        result.Chosen,
        [
            .. result.Candidates.Select(candidate => new TuningCandidateJson(
                candidate.Networks,
                candidate.Scales,
                candidate.IsDefault,
                candidate.MultiplyAdds,
                candidate.Found.Found,
                candidate.Found.Trials,
                candidate.ByKind.ToDictionary(kind => KindNames.Of(kind.Key), kind => kind.Value.Found),
                [.. candidate.BySize.Select(size => size.Found)],
                candidate.ChanceOfNone,
                candidate.BetterKinds,
                candidate.WorseKinds,
                candidate.IsProven)),
        ],
        [
            .. result.Rates.Select(rate => new TuningRateJson(
                rate.Rate,
                Threshold(rate, thresholds),
                rate.Found.Found,
                [.. rate.BySize.Select(size => size.Found)])),
        ]);

    private static double Threshold(TuningRate rate, DetectorThresholds thresholds) =>
        (thresholds.Options with { FalseAlarmRate = rate.Rate }).Compute([.. thresholds.ImageScores]).Value;

    private static string Name(TuningCandidate candidate) =>
        $"{string.Join(',', candidate.Networks)} at {string.Join(',', candidate.Scales)}";
}
