namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>How one kind of defect of one size and contrast fared.</summary>
/// <param name="Kind">What was planted.</param>
/// <param name="Size">Its extent in pixels.</param>
/// <param name="Contrast">Its contrast.</param>
/// <param name="Trials">Into how many images; too small ones are left out.</param>
/// <param name="Found">How many of them were then called abnormal.</param>
/// <param name="Located">In how many of these the strangest patch lay on the defect, give or take one patch.</param>
public sealed record RehearsalCell(SyntheticDefectKind Kind, int Size, double Contrast, int Trials, int Found, int Located)
{
    /// <summary>The share found; null without trials.</summary>
    public double? Rate => Trials == 0 ? null : (double)Found / Trials;
}
