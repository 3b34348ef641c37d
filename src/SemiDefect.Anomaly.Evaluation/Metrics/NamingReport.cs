namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// How well a detector that was taught names of defects names them. Each labeled defect counts once; it has the name of
/// the highest of the regions that lie on it. Immutable and thread-safe.
/// </summary>
public sealed record NamingReport
{
    /// <summary>The results of each type that is labeled or was taught, in ordinal order.</summary>
    public required IReadOnlyList<NamedTypeResult> PerType { get; init; }

    /// <summary>
    /// The labeled defects of each type of <see cref="PerType"/>, and a last row of regions that lie on none; by what
    /// they are called: each type of <see cref="PerType"/>, unknown, and not found.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>The mean precision over the types that occur; null where no type has one.</summary>
    public double? Precision => Mean(type => type.Precision);

    /// <summary>The mean recall over the types that occur.</summary>
    public double? Recall => Mean(type => type.Recall);

    /// <summary>The mean F1 over the types that occur.</summary>
    public double? F1 => Mean(type => type.F1);

    /// <summary>The mean average precision of boxes at an overlap of 0.5; null without boxes or masks.</summary>
    public double? Ap50 => Mean(type => type.Ap50);

    /// <summary>The mean over overlaps from 0.5 to 0.95; null without boxes or masks.</summary>
    public double? Ap50To95 => Mean(type => type.Ap50To95);

    /// <summary>The share of the labeled defects that are found and named right.</summary>
    public double? Accuracy
    {
        get
        {
            int all = PerType.Sum(type => type.Defects);
            return all == 0 ? null : (double)PerType.Sum(type => type.Right) / all;
        }
    }

    /// <summary>
    /// A sentence if the share of all defects hides a type that is hardly named right; otherwise null.
    /// </summary>
    public string? Warning
    {
        get
        {
            const double Hidden = 0.3;
            NamedTypeResult? worst = PerType.Where(type => type.Defects > 0).MinBy(type => type.Recall);
            return worst?.Recall is { } recall && Accuracy is { } accuracy && accuracy - recall >= Hidden
                ? FormattableString.Invariant(
                    $"{100 * accuracy:0.#} % of all defects are named right, but only {worst.Right} of ")
                    + $"{worst.Defects} of the type {worst.Type}."
                : null;
        }
    }

    private double? Mean(Func<NamedTypeResult, double?> figure)
    {
        double[] figures = [.. PerType.Where(type => type.Defects > 0).Select(figure).OfType<double>()];
        return figures.Length == 0 ? null : figures.Average();
    }
}

/// <summary>How defects of a type are named. Immutable and thread-safe.</summary>
/// <param name="Type">The name of the type.</param>
/// <param name="Defects">The number of labeled defects.</param>
/// <param name="Called">How many labeled defects and other regions are called so.</param>
/// <param name="Right">How many labeled defects of the type are.</param>
/// <param name="Unknown">How many labeled defects of the type are called unknown.</param>
/// <param name="Missed">How many are not found.</param>
public sealed record NamedTypeResult(string Type, int Defects, int Called, int Right, int Unknown, int Missed)
{
    /// <summary>The share of what is called so that is so; 0 if nothing is; null if none is labeled either.</summary>
    public double? Precision => Called > 0 ? (double)Right / Called : Defects > 0 ? 0 : null;

    /// <summary>The share of the labeled defects that are called so, of those not found as well; null without
    /// any.</summary>
    public double? Recall => Defects > 0 ? (double)Right / Defects : null;

    /// <summary>The harmonic mean of precision and recall; null without a labeled defect.</summary>
    public double? F1 => Defects == 0 ? null : 2.0 * Right / (Defects + Called);

    /// <summary>The average precision of boxes at an overlap of 0.5; null without boxes or masks.</summary>
    public double? Ap50 { get; init; }

    /// <summary>The mean over overlaps from 0.5 to 0.95; null without boxes or masks.</summary>
    public double? Ap50To95 { get; init; }
}
