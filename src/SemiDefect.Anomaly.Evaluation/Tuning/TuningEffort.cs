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
    private const double FullLimit = 10;
    private const int FewestKinds = 2;

    private double _work;

    /// <summary>The multiple so far; 0 where costs are not known.</summary>
    public double Multiple => plain.Total == 0 ? 0 : _work / Fit(plain, images);

    /// <summary>Counts a lane that was fitted and has inspected pictures.</summary>
    public void Add(InspectionCost lane, int inspections) =>
        _work += Fit(lane, learned) + (double)lane.Total * inspections;

    /// <summary>
    /// The number of kinds per size and picture with which a full tuning keeps within ten times the plain fit, 2 or
    /// more: all lanes and six variants on half of the pictures, and half of them on the others.
    /// </summary>
    /// <param name="lanes">The costs of the lanes.</param>
    /// <param name="tuning">The options.</param>
    /// <param name="heldOut">The number of pictures held out.</param>
    public int KindsPerSize(IReadOnlyList<InspectionCost> lanes, TuningOptions tuning, int heldOut)
    {
        const int Variants = 6;
        double fits = lanes.Sum(lane => Fit(lane, learned)) + Variants * Fit(plain, learned);
        double inspected = 0.75 * (lanes.Sum(lane => (double)lane.Total) + Variants * (double)plain.Total);
        double room = FullLimit * Fit(plain, images) - fits;
        double pictures = inspected == 0 ? 0 : room / inspected;
        return (int)Math.Clamp((pictures / heldOut - 1) / tuning.Sizes, FewestKinds, tuning.Kinds.Count);
    }

    private double Fit(InspectionCost cost, int count) => ((double)cost.Networks * turns + cost.Search) * count;
}
