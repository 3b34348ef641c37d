namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>One row of a contest's list of images or of its labels.</summary>
/// <param name="Id">The row's name, unique in its file.</param>
/// <param name="RelativePath">The image's path below the list's folder, '/'-separated; the absolute one for an image elsewhere; null in a file of labels alone.</param>
/// <param name="FullPath">The image's absolute path, in the manner of this system; null in a file of labels alone. Whether it exists is not looked at.</param>
/// <param name="Label">The label, 0 for good in this contest; null in a list of images alone.</param>
public sealed record DaconItem(string Id, string? RelativePath, string? FullPath, int? Label);
