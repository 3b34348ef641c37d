using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a selection.</summary>
/// <param name="Latency">The latency asked for, in seconds.</param>
/// <param name="SecondsPerMultiplyAdd">The speed of this machine.</param>
/// <param name="MaxCost">The multiply-adds that the latency allows.</param>
/// <param name="Tuning">What was tried.</param>
/// <param name="Fit">The arguments that fit what was chosen.</param>
internal sealed record SelectionSummary(
    double Latency, double SecondsPerMultiplyAdd, long MaxCost, TuningRecord Tuning, IReadOnlyList<string> Fit)
{
    /// <summary>Writes it.</summary>
    public void Write(TextWriter output, bool json)
    {
        if (json)
        {
            var selection = new SelectionJson(
                1,
                Latency,
                SecondsPerMultiplyAdd,
                MaxCost,
                [
                    .. Frontier().Select(i => new FrontierJson(
                        i,
                        Tuning.Candidates[i].MultiplyAdds,
                        Seconds(Tuning.Candidates[i]),
                        Tuning.Candidates[i].Found.Found)),
                ],
                Fit,
                TuningSummary.Json(Tuning));
            output.WriteLine(JsonSerializer.Serialize(selection, CliJson.Default.SelectionJson));
            return;
        }

        output.WriteLine(
            $"Machine     {Giga(1 / SecondsPerMultiplyAdd)} x 10^9 multiply-adds per second; {Milliseconds(Latency)} "
                + $"allow {Giga(MaxCost)} x 10^9");
        TuningSummary.Write(output, Tuning);
        output.WriteLine("Frontier    found  cost  at most");
        foreach (TuningCandidate candidate in Frontier().Select(i => Tuning.Candidates[i]))
        {
            output.WriteLine(
                $"            {candidate.Found.Found,5}  {Giga(candidate.MultiplyAdds),4}  "
                    + $"{Milliseconds(Seconds(candidate)),7}  {TuningSummary.Name(candidate)}");
        }

        output.WriteLine($"Choice      {TuningSummary.Name(Tuning.Candidates[Tuning.Chosen])}");
        output.WriteLine($"Fit it by   semidefect {string.Join(' ', Fit.Select(Quoted))}");
    }

    // Ascending by cost; each finds more than all cheaper ones.
    private IEnumerable<int> Frontier()
    {
        int most = -1;
        foreach (int i in Enumerable.Range(0, Tuning.Candidates.Count).OrderBy(i => Tuning.Candidates[i].MultiplyAdds))
        {
            if (Tuning.Candidates[i].Found.Found > most)
            {
                most = Tuning.Candidates[i].Found.Found;
                yield return i;
            }
        }
    }

    private double Seconds(TuningCandidate candidate) => candidate.MultiplyAdds * SecondsPerMultiplyAdd;

    private static string Giga(double multiplyAdds) =>
        (multiplyAdds / 1e9).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Milliseconds(double seconds) =>
        (1000 * seconds).ToString("0.#", CultureInfo.InvariantCulture) + " ms";

    private static string Quoted(string argument) =>
        argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}
