namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The training images of a model.</summary>
/// <param name="Images">Their names, in ordinal order.</param>
/// <param name="Bytes">Their total size.</param>
/// <param name="Files">The same images with their sizes and times.</param>
internal sealed record TrainingListJson(
    IReadOnlyList<string> Images,
    long Bytes,
    IReadOnlyList<TrainingFileJson> Files);

/// <param name="Name">The name of the image.</param>
/// <param name="Bytes">The length of the file.</param>
/// <param name="Written">When it was stored; another time means another image of this name.</param>
internal sealed record TrainingFileJson(string Name, long Bytes, DateTimeOffset Written);

/// <summary>What is noticeable about the training images.</summary>
/// <param name="Images">The number of images.</param>
/// <param name="Findings">The findings, the most severe first.</param>
internal sealed record TrainingCheckJson(int Images, IReadOnlyList<TrainingFindingJson> Findings);

/// <param name="Severity">error, warning or info.</param>
/// <param name="Code">The kind, as semidefect check names it.</param>
/// <param name="Message">What was found and what to do.</param>
/// <param name="Images">The images concerned; the images of a pair are adjacent. Empty: the set as a whole.</param>
internal sealed record TrainingFindingJson(
    string Severity,
    string Code,
    string Message,
    IReadOnlyList<string> Images);

/// <summary>What a version can see, by what its detector file keeps of the fit.</summary>
/// <param name="Version">The version; null if the file is broken.</param>
/// <param name="Images">The number of images learned from.</param>
/// <param name="Note">What is to be known about the threshold, for example that there were few images.</param>
/// <param name="Tuning">What a tuning tried and chose; null without one.</param>
/// <param name="Planted">What thresholds find of planted defects; null if none were planted.</param>
internal sealed record EvidenceJson(
    int? Version,
    int Images,
    string? Note,
    TuningJson? Tuning,
    PlantedJson? Planted);

/// <param name="Learned">The good images that each candidate learned from.</param>
/// <param name="HeldOut">The good images that defects were planted in.</param>
/// <param name="Sizes">The extents of the planted defects in pixels.</param>
/// <param name="Candidates">What was tried, the default first.</param>
internal sealed record TuningJson(
    int Learned,
    int HeldOut,
    IReadOnlyList<int> Sizes,
    IReadOnlyList<TuningCandidateJson> Candidates);

/// <param name="Networks">The names of the networks.</param>
/// <param name="Scales">The working sizes.</param>
/// <param name="Change">What else differs from the options; null for nothing.</param>
/// <param name="IsDefault">Whether it is what the options asked for.</param>
/// <param name="IsChosen">Whether the version was fitted with it.</param>
/// <param name="MultiplyAdds">The multiply-adds of an inspection; 0 if not known.</param>
/// <param name="Found">The planted defects that it found.</param>
/// <param name="BySize">The same by size.</param>
/// <param name="BetterKinds">The kinds of defect that it finds more often than the default, beyond chance.</param>
/// <param name="WorseKinds">The kinds of defect that it finds less often than the default, beyond chance.</param>
internal sealed record TuningCandidateJson(
    IReadOnlyList<string> Networks,
    IReadOnlyList<int> Scales,
    string? Change,
    bool IsDefault,
    bool IsChosen,
    long MultiplyAdds,
    FoundJson Found,
    IReadOnlyList<FoundJson> BySize,
    int BetterKinds,
    int WorseKinds);

/// <param name="Images">The number of good images that defects were planted in.</param>
/// <param name="Sizes">The extents of the defects in pixels.</param>
/// <param name="Thresholds">What thresholds find, by ascending false-alarm rate.</param>
internal sealed record PlantedJson(
    int Images,
    IReadOnlyList<int> Sizes,
    IReadOnlyList<ThresholdCostJson> Thresholds);

/// <param name="FalseAlarmRate">The false-alarm rate; null for a threshold set by hand.</param>
/// <param name="Threshold">The image threshold for it.</param>
/// <param name="IsPresent">Whether the version has this threshold.</param>
/// <param name="Found">The planted defects found at it, at their place.</param>
/// <param name="BySize">The same by size.</param>
internal sealed record ThresholdCostJson(
    double? FalseAlarmRate,
    double Threshold,
    bool IsPresent,
    FoundJson Found,
    IReadOnlyList<FoundJson> BySize);

/// <param name="Found">The number found.</param>
/// <param name="Planted">The number planted.</param>
internal sealed record FoundJson(int Found, int Planted);
