using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests;

/// <summary>
/// The default options lose no accuracy: fitted and evaluated as by <c>semidefect evaluate FOLDER</c>, every data set
/// reaches the figures that it has once reached.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class AccuracyGateTests
{
    /// <summary>
    /// The floors. To raise them after an improvement: run <c>semidefect evaluate FOLDER --json</c> with default
    /// options for every row, enter auroc and aupro rounded down to three decimals and the exact counts (true and false
    /// positives at the threshold), and enter the same run's figures in the table of benchmark.md. Rounding down is the
    /// only margin: with AVX2 and FMA, every processor gives the same bits (docs/identity.md). A floor is lowered only
    /// together with the reason, which names what becomes better at its cost. Whitening lowered the AUROC of the logic
    /// die (from .958) and cost the radio die one defect of twelve; it finds 23 castings in place of 13, and 48 solar
    /// cells in place of 44, with one false alarm among 60 good cells where 0.6 are promised. The soft maximum of the
    /// two sizes lowered the AUROC of the radio die (from .958, one pair of 96 images) and of elpv-mono (from .939); it
    /// finds 27 castings in place of 23, and 28 coarse-grained cells (elpv-poly) in place of 23. The choice of what the
    /// score of a patch is cost the logic die one defect of twelve, which the radio die gained, and two thousandths of
    /// its AUPRO; it finds 34 castings in place of 27, and raises the AUROC of both dies, castings and elpv-poly.
    /// </summary>
    internal static readonly Dictionary<string, AccuracyFigures> Floors = new()
    {
        ["logic-die"] = new(Auroc: 0.947, Aupro: 0.968, Found: 10, FalseAlarms: 0),
        ["radio-die"] = new(Auroc: 0.958, Aupro: 0.964, Found: 11, FalseAlarms: 0),
        ["casting"] = new(Auroc: 0.959, Aupro: null, Found: 34, FalseAlarms: 0),
        ["elpv-mono"] = new(Auroc: 0.938, Aupro: null, Found: 48, FalseAlarms: 1),
    };

    [Avx2Fact]
    public void The_logic_die_is_judged_no_worse() => Check(SampleFolder("logic-die"));

    [Avx2Fact]
    public void The_radio_die_is_judged_no_worse() => Check(SampleFolder("radio-die"));

    [SharedFact]
    public void Castings_are_judged_no_worse() => Check(Repository.SharedPath("data/casting"));

    [SharedFact]
    public void Monocrystalline_solar_cells_are_judged_no_worse() => Check(Repository.SharedPath("data/elpv-mono"));

    private static string SampleFolder(string name) => Path.Combine(Repository.Root, "datasets.sample", name);

    private static void Check(string folder)
    {
        LabeledDataset dataset = LabeledDataset.Open(folder);
        using AnomalyDetector detector = AnomalyDetector.Fit(dataset.TrainGood!);

        // Resamples are for the intervals around the figures, which are not checked.
        EvaluationResult result = DatasetEvaluator.Evaluate(detector, dataset, new EvaluationOptions { Resamples = 1 });
        Assert.Empty(result.Unreadable);
        string? misses = AccuracyFigures.Of(result).WhereBelow(Floors[dataset.Name]);
        Assert.True(misses is null, $"{dataset.Name} is judged worse than before:\n{misses}");
    }
}
