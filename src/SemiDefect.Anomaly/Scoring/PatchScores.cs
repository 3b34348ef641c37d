namespace SemiDefect.Anomaly.Scoring;

/// <summary>The scores of one image's patches and of the whole image. Immutable by convention, and so thread-safe.</summary>
/// <param name="Values">One score per patch, row by row; 0 or more.</param>
/// <param name="NearestRows">For each patch, the nearest row of the memory bank.</param>
/// <param name="ImageScore">The score of the image.</param>
public sealed record PatchScores(double[] Values, int[] NearestRows, double ImageScore)
{
    /// <summary>The first patch with the highest score.</summary>
    public int HighestPatch => Array.IndexOf(Values, Values.Max());
}
