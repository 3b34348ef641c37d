using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect verify</c>: does this machine decide as the one where the detector was made?</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var load = new LoadOptionSet();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "verify",
            $"Replay the golden images that the detector file holds, and state the largest deviation from where it was made. Exits with {ExitCode.CouldFlip} when a decision could differ.") { model };
        load.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, _) =>
        {
            string path = parsed.GetRequiredValue(model);
            using AnomalyDetector detector = AnomalyDetector.Load(path, load.Read(parsed));
            DetectorVerification verification = detector.Verify();
            if (parsed.GetValue(json))
            {
                WriteJson(parsed.InvocationConfiguration.Output, path, detector, verification);
            }
            else
            {
                WriteText(parsed.InvocationConfiguration.Output, path, detector, verification);
            }

            return Task.FromResult(verification.CouldFlip ? ExitCode.CouldFlip : ExitCode.Done);
        });
        return command;
    }

    private static string DeviceOf(AnomalyDetector detector) => detector.Device.ToString().ToLower(CultureInfo.InvariantCulture);

    private static void WriteText(TextWriter output, string path, AnomalyDetector detector, DetectorVerification verification)
    {
        output.WriteLine($"Detector    {path} ({detector.Fingerprint.ShortForm})");
        output.WriteLine($"Replayed    {verification.Images} good image{(verification.Images == 1 ? "" : "s")}, {verification.Patches} patches, on {DeviceOf(detector)}");
        output.WriteLine($"Features    deviate by at most {Text.Number(verification.FeatureDeviation)} ({Text.Number(verification.RelativeFeatureDeviation)} of their length)");
        output.WriteLine($"Scores      deviate by at most {Text.Number(verification.ScoreDeviation)} ({Text.Number(verification.RelativeScoreDeviation)} of their size)");
        string margin = verification.NearestMargin is { } nearest ? $"; the nearest known score is {Text.Number(nearest)} from it" : string.Empty;
        output.WriteLine(
            verification.IsIdentical ? "Decisions   the same: every bit compared is equal"
            : verification.Flipped.Count > 0 ? $"Decisions   differ: {string.Join(", ", verification.Flipped.Select(Text.Printable))}"
            : verification.CouldFlip ? $"Decisions   could differ for scores within {Text.Number(verification.ScoreBound)} of the threshold; {verification.WithinBound} known scores are that near"
            : $"Decisions   the same but for scores within {Text.Number(verification.ScoreBound)} of the threshold{margin}");
    }

    private static void WriteJson(TextWriter output, string path, AnomalyDetector detector, DetectorVerification verification)
    {
        var document = new ReplayJson(
            1,
            path.Replace('\\', '/'),
            detector.Fingerprint.Sha256,
            DeviceOf(detector),
            verification.Images,
            verification.Patches,
            Finite(verification.FeatureDeviation),
            Finite(verification.RelativeFeatureDeviation),
            Finite(verification.ScoreDeviation),
            Finite(verification.RelativeScoreDeviation),
            Finite(verification.ScoreBound),
            verification.NearestMargin,
            verification.WithinBound,
            verification.Flipped,
            verification.IsIdentical,
            verification.CouldFlip);
        output.WriteLine(JsonSerializer.Serialize(document, CliJson.Default.ReplayJson));
    }

    // JSON knows no infinity.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
