namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// The work of a tuning as a multiple of the plain fit with the same options, counted in multiply-adds: networks over
/// all views, and the bound of the searches. Not thread-safe.
/// </summary>
/// <param name="turns">The number of turns that good images are learned in, 1 or more.</param>
/// <param name="plain">What the options cost per inspection.</param>
/// <param name="images">The number of good images.</param>
/// <param name="learned">The number of good images that a lane learns from.</param>
internal sealed class TuningEffort(int turns, InspectionCost plain, int images, int learned)
{
    private const double QuickLimit = 3;
    private const double FullLimit = 10;

    // Fewer could prove nothing after the halving, so a full tuning of few images exceeds its limit.
    private const int FewestOfFull = 2;
    private const int VariantsOfFull = 6;

    private double _work;

    /// <summary>The multiple so far; 0 where costs are not known.</summary>
    public double Multiple => plain.Total == 0 ? 0 : _work / Fit(plain, images);

    /// <summary>Counts a lane that was fitted and has inspected pictures.</summary>
    public void Add(InspectionCost lane, int inspections) =>
        _work += Fit(lane, learned) + (double)lane.Total * inspections;

    /// <summary>
    /// The number of kinds per size and picture with which a tuning keeps within its limit: three times the plain fit
    /// for a quick one, at least 1 kind; ten times for a full one, at least 2 kinds. A full tuning runs all lanes and
    /// six variants on half of the pictures, and half of them on the others.
    /// </summary>
    /// <param name="lanes">The costs of the lanes.</param>
    /// <param name="tuning">The options.</param>
    /// <param name="heldOut">The number of pictures held out.</param>
    public int KindsPerSize(IReadOnlyList<InspectionCost> lanes, TuningOptions tuning, int heldOut)
    {
        int variants = tuning.IsFull ? VariantsOfFull : 0;
        double fits = lanes.Sum(lane => Fit(lane, learned)) + variants * Fit(plain, learned);
        double inspected = (tuning.IsFull ? 0.75 : 1)
            * (lanes.Sum(lane => (double)lane.Total) + variants * (double)plain.Total);
        double room = (tuning.IsFull ? FullLimit : QuickLimit) * Fit(plain, images) - fits;
        int fewest = tuning.IsFull ? FewestOfFull : 1;
        if (inspected == 0)
        {
            // The costs are not known.
            return tuning.IsFull ? fewest : tuning.Kinds.Count;
        }

        return (int)Math.Clamp((room / inspected / heldOut - 1) / tuning.Sizes, fewest, tuning.Kinds.Count);
    }

    private double Fit(InspectionCost cost, int count) => ((double)cost.Networks * turns + cost.Search) * count;
}
