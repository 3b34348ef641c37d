using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Tuning;

/// <summary>
/// Rules for the record of a tuning and for planted defects beyond their JSON types: bounded lists without gaps, and
/// numbers in their ranges. Stateless and thread-safe.
/// </summary>
internal static class TuningRules
{
    /// <summary>Whether a record is one that a tuning can make.</summary>
    public static bool IsValid(TuningRecord record) =>
        record.Learned >= 1
        && record.HeldOut >= 1
        && AreSizes(record.Sizes)
        && record.Candidates.Count is >= 1 and <= TuningRecord.MostCandidates
        && record.MaxCost is null or >= 1
        && record.Effort is >= 0 and < 1e9
        && (uint)record.Chosen < (uint)record.Candidates.Count
        && record.Candidates.All(candidate => candidate is not null && IsValid(candidate, record));

    /// <summary>Whether planted defects are such as a fit on so many images can hold.</summary>
    public static bool IsValid(PlantedRecord record, int images) =>
        record.Defects.Count is >= 1 and <= PlantedRecord.MostDefects
        && record.Defects.All(defect =>
            defect is not null
            && (uint)defect.Image < (uint)images
            && PlainText.IsName(defect.Kind)
            && defect.Step is >= 0 and < TuningRecord.MostOfAKind
            && defect.Size >= 1
            && double.IsFinite(defect.Score));

    private static bool IsValid(TuningCandidate candidate, TuningRecord record) =>
        candidate.Networks.Count is >= 1 and <= TuningRecord.MostOfAKind
        && candidate.Networks.All(PlainText.IsName)
        && AreSizes(candidate.Scales)
        && (candidate.Change is null || PlainText.IsName(candidate.Change))
        && candidate.MultiplyAdds >= 0
        && IsValid(candidate.Found)
        && candidate.ByKind.Count <= TuningRecord.MostOfAKind
        && candidate.ByKind.All(kind => kind is not null && PlainText.IsName(kind.Kind) && IsValid(kind.Share))
        && candidate.BySize.Count == record.Sizes.Count
        && candidate.BySize.All(IsValid)
        && candidate.ChanceOfNone is >= 0 and <= 1
        && candidate.BetterKinds >= 0
        && candidate.WorseKinds >= 0;

    private static bool AreSizes(IReadOnlyList<int> sizes) =>
        sizes.Count is >= 1 and <= TuningRecord.MostOfAKind && sizes.All(size => size >= 1);

    private static bool IsValid(TuningShare share) => share.Found >= 0 && share.Trials >= share.Found;
}
