using SemiDefect.Anomaly.Server.Statistics;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Whether the scores of parts taken for good have moved.</summary>
/// <param name="State">steady, drift, or few if fewer than 200 good parts were inspected.</param>
/// <param name="Parts">The number of latest parts.</param>
/// <param name="AgainstGood">How far they rank above the good images, in standard deviations.</param>
/// <param name="AgainstFirst">How far they rank above the first parts of the version.</param>
/// <param name="Median">The median of their scores.</param>
/// <param name="FirstMedian">The median of the first parts.</param>
internal sealed record DriftJson(
    string State,
    int Parts,
    double? AgainstGood,
    double? AgainstFirst,
    double? Median,
    double? FirstMedian)
{
    public static DriftJson Of(DriftState drift) => new(
        drift.Word,
        drift.Parts,
        drift.AgainstGood,
        drift.AgainstFirst,
        drift.Median,
        drift.FirstMedian);
}

/// <summary>What the webhook gets when the scores of a model begin or cease to drift.</summary>
/// <param name="Event">drift.</param>
/// <param name="Model">The model.</param>
/// <param name="Time">When it was noticed.</param>
/// <param name="Drift">The state from then on.</param>
internal sealed record DriftEventJson(string Event, string Model, DateTimeOffset Time, DriftJson Drift);
