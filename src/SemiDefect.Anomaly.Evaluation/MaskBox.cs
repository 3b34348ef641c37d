namespace SemiDefect.Anomaly.Evaluation;

/// <summary>A box around a defect, in fractions of the image's width and height from the top left corner.</summary>
/// <param name="Left">0 to 1.</param>
/// <param name="Top">0 to 1.</param>
/// <param name="Right">0 to 1, not under <paramref name="Left"/>.</param>
/// <param name="Bottom">0 to 1, not under <paramref name="Top"/>.</param>
public readonly record struct MaskBox(double Left, double Top, double Right, double Bottom)
{
    /// <summary>The type of the defect; null for that of the image.</summary>
    public string? Type { get; init; }
}
