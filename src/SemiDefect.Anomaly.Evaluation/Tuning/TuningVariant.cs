using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>Another way to score with the same networks at the same sizes. Immutable and thread-safe.</summary>
/// <param name="Change">What differs, in words.</param>
/// <param name="Apply">Changes the options of a fit.</param>
internal sealed record TuningVariant(string Change, Func<FitOptions, FitOptions> Apply)
{
    // Two adaptive poolings into this many bins keep neighbors of a few hundred values nearly apart.
    private const int KeptDimension = 512;

    private static readonly (double Sigma, string Change)[] Smoothings =
    [
        (0, "smoothing 0"), (0.7, "smoothing 0.7"), (1.5, "smoothing 1.5"), (2.5, "smoothing 2.5"),
    ];

    /// <summary>
    /// What a full tuning tries on top of networks and sizes: each differs from the options in one way.
    /// </summary>
    public static IReadOnlyList<TuningVariant> Of(FitOptions options)
    {
        var variants = new List<TuningVariant>();
        foreach ((double sigma, string change) in Smoothings.Where(one => one.Sigma != options.Scoring.Smoothing))
        {
            variants.Add(new TuningVariant(
                change, fit => fit with { Scoring = fit.Scoring with { Smoothing = sigma } }));
        }

        if (options.Whitening)
        {
            variants.Add(new TuningVariant("no whitening", fit => fit with { Whitening = false }));
        }

        if (options.Patches.Pooling == PatchPooling.AveragePoolConcat)
        {
            variants.Add(new TuningVariant("neighbors kept", fit => fit with
            {
                Patches = fit.Patches with
                {
                    Pooling = PatchPooling.AdaptiveMean,
                    PretrainDimension = KeptDimension,
                    TargetDimension = KeptDimension,
                },
            }));
        }

        return variants;
    }
}
