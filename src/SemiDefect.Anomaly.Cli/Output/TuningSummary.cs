using System.Globalization;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a tuning after a fit.</summary>
internal static class TuningSummary
{
    private const int NarrowestName = 27;

    /// <summary>Writes the table of what was tried.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="result">The tuning.</param>
    public static void Write(TextWriter output, TuningRecord result)
    {
        TuningCandidate chosen = result.Candidates[result.Chosen];
        string limit = result.MaxCost is { } most
            ? string.Create(CultureInfo.InvariantCulture, $"; at most {most / 1e9:0.##} x 10^9 multiply-adds")
            : string.Empty;
        output.WriteLine(
            $"Tuning      {result.Candidates.Count} combinations, each learned from {result.Learned} images; "
                + $"{chosen.Found.Trials} defects planted in {result.HeldOut} others{limit}");
        int width = Math.Max(NarrowestName, result.Candidates.Max(candidate => Name(candidate).Length));
        string sizes = string.Join(' ', result.Sizes.Select(size => $"{$"{size} px",7}"));
        output.WriteLine($"            {"networks at sizes".PadRight(width)}  found  {sizes}  better worse  cost");
        foreach (TuningCandidate candidate in result.Candidates)
        {
            string bySize = string.Join(' ', candidate.BySize.Select(size => $"{size.Found,7}"));
            string remark = ReferenceEquals(candidate, chosen) ? "  chosen"
                : candidate.IsProven ? "  proven"
                : string.Empty;
            string planted = candidate.Found.Trials == chosen.Found.Trials ? string.Empty
                : $"  of {candidate.Found.Trials}";
            string cost = candidate.MultiplyAdds == 0
                ? "?"
                : string.Create(CultureInfo.InvariantCulture, $"{candidate.MultiplyAdds / 1e9:0.0}");
            output.WriteLine(
                $"            {Name(candidate).PadRight(width)}  {candidate.Found.Found,5}  {bySize}  "
                    + $"{candidate.BetterKinds,6} {candidate.WorseKinds,5}  {cost,4}"
                    + (candidate.IsDefault ? "  default" : string.Empty) + remark + planted);
        }

        if (result.Effort > 0)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"            the work of {result.Effort:0.0} plain fits, in multiply-adds"));
        }
    }

    /// <summary>The same as JSON.</summary>
    public static TuningJson Json(TuningRecord result) => new(
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
                candidate.ByKind.ToDictionary(kind => kind.Kind, kind => kind.Share.Found),
                [.. candidate.BySize.Select(size => size.Found)],
                candidate.ChanceOfNone,
                candidate.BetterKinds,
                candidate.WorseKinds,
                candidate.IsProven)
            {
                Change = candidate.Change,
            }),
        ])
    {
        MaxCost = result.MaxCost,
        Effort = result.Effort,
    };

    /// <summary>The name of a combination.</summary>
    public static string Name(TuningCandidate candidate) =>
        $"{string.Join(',', candidate.Networks)} at {string.Join(',', candidate.Scales)}"
            + (candidate.Change is { } change ? $", {change}" : string.Empty);
}
