using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Compares two combinations on the same planted defects by a paired bootstrap (Efron 1979). What is drawn anew is what
/// is uncertain: the pictures held out, whose defects stand or fall together, and the good images whose scores set both
/// thresholds. A test defect by defect would take a threshold that one odd image has raised for evidence. The same on
/// every machine: the draws come from a seed. Stateless.
/// </summary>
internal static class EvidenceTest
{
    private const int Resamples = 400;
    private const int LeftOut = 2;
    private const double ChanceOfKind = 0.05;
    private const ulong Stream = 0xB0075UL;

    /// <summary>Compares.</summary>
    /// <param name="candidate">The scores of the combination that has to show more.</param>
    /// <param name="reference">The scores of the other one, by the same lanes' images and trials.</param>
    /// <param name="trials">The planted defects.</param>
    /// <param name="rate">The false-alarm rate.</param>
    /// <param name="seed">Decides the draws.</param>
    public static TuningEvidence Compare(
        FusedScores candidate,
        FusedScores reference,
        IReadOnlyList<PlantedTrial> trials,
        double rate,
        ulong seed)
    {
        SyntheticDefectKind[] kinds = [.. trials.Select(trial => trial.Kind).Distinct()];
        int[] kindOf = [.. trials.Select(trial => Array.IndexOf(kinds, trial.Kind))];
        int[] imageOf = [.. trials.Select(trial => trial.Image)];
        int images = imageOf.Max() + 1;
        int count = candidate.OutOfFold.Length;
        double[] even = [.. Enumerable.Repeat(1.0, images)];
        int[] all = [.. Enumerable.Range(0, count)];
        double[] observed = Differences(all, even);
        int[] others =
        [
            .. Enumerable.Range(0, kinds.Length).OrderByDescending(kind => observed[kind]).Skip(LeftOut),
        ];
        int none = 0;
        int noneElse = 0;
        int[] notBetter = new int[kinds.Length];
        int[] notWorse = new int[kinds.Length];
        var generator = new SeededGenerator(seed ^ Stream);
        for (int resample = 0; resample < Resamples; resample++)
        {
            int[] drawn = [.. all.Select(_ => generator.NextInt32(count))];
            double[] weights = new double[images];
            for (int i = 0; i < images; i++)
            {
                weights[generator.NextInt32(images)]++;
            }

            double[] differences = Differences(drawn, weights);
            none += differences.Average() <= 0 ? 1 : 0;
            noneElse += others.Sum(kind => differences[kind]) <= 0 ? 1 : 0;
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                notBetter[kind] += differences[kind] <= 0 ? 1 : 0;
                notWorse[kind] += differences[kind] >= 0 ? 1 : 0;
            }
        }

        double Chance(int hits) => (1.0 + hits) / (1 + Resamples);
        return new TuningEvidence(
            observed.Average(),
            Chance(none),
            Chance(noneElse),
            notBetter.Count(hits => Chance(hits) <= ChanceOfKind),
            notWorse.Count(hits => Chance(hits) <= ChanceOfKind));

        double[] Differences(int[] calibration, double[] weights)
        {
            double[] sums = new double[kinds.Length];
            double[] totals = new double[kinds.Length];
            bool[] first = FoundWith(candidate, calibration, rate);
            bool[] second = FoundWith(reference, calibration, rate);
            for (int i = 0; i < kindOf.Length; i++)
            {
                double weight = weights[imageOf[i]];
                sums[kindOf[i]] += weight * ((first[i] ? 1 : 0) - (second[i] ? 1 : 0));
                totals[kindOf[i]] += weight;
            }

            return [.. sums.Zip(totals, (sum, total) => total == 0 ? 0 : sum / total)];
        }
    }

    private static bool[] FoundWith(FusedScores scores, int[] calibration, double rate) =>
        scores.FoundAbove(TailThreshold([.. calibration.Select(image => scores.OutOfFold[image]).Order()], rate));

    // The exponential tail of the highest quarter, which the rule of the thresholds comes near for few images; a
    // resample has ties, which a closer fit would take for a shape.
    private static double TailThreshold(double[] sorted, double rate)
    {
        int tail = Math.Clamp(sorted.Length / 4, 1, Math.Max(1, sorted.Length / 2));
        double level = sorted[^(tail + 1)];
        double mean = sorted[^tail..].Sum(score => score - level) / tail;
        double exceeded = (tail + 1.0) / (sorted.Length + 1.0);
        return level + mean * Math.Max(0, PortableMath.Log(exceeded / rate));
    }
}
