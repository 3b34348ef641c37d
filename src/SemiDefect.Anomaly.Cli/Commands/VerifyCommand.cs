using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect verify</c>: checks that this machine makes the same decisions as the one that fitted the detector.
/// </summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var load = new LoadOptionSet();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "verify",
            "Replay the golden images in the detector file and report the largest deviation from the machine that "
                + $"fitted it. Exits with {ExitCode.CouldFlip} if a decision could differ.")
        {
            model,
        };
        load.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, _) =>
        {
            string path = Wildcards.One(parsed.GetRequiredValue(model));
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

    private static string DeviceOf(AnomalyDetector detector) =>
        detector.Device.ToString().ToLower(CultureInfo.InvariantCulture);

    private static void WriteText(
        TextWriter output,
        string path,
        AnomalyDetector detector,
        DetectorVerification verification)
    {
        output.WriteLine($"Detector    {path} ({detector.Fingerprint.ShortForm})");
        output.WriteLine(
            $"Replayed    {verification.Images} good image{(verification.Images == 1 ? "" : "s")}, "
                + $"{verification.Patches} patches, on {DeviceOf(detector)}");
        output.WriteLine(
            $"Features    deviate by at most {Text.Number(verification.FeatureDeviation)} "
                + $"({Text.Number(verification.RelativeFeatureDeviation)} relative to their norm)");
        output.WriteLine(
            $"Scores      deviate by at most {Text.Number(verification.ScoreDeviation)} "
                + $"({Text.Number(verification.RelativeScoreDeviation)} relative)");
        string margin = verification.NearestMargin is { } nearest
            ? $"; the nearest known score is {Text.Number(nearest)} from it"
            : string.Empty;
        output.WriteLine(
            verification.IsIdentical ? "Decisions   identical: all compared values are equal bit for bit"
            : verification.Flipped.Count > 0
                ? $"Decisions   differ: {string.Join(", ", verification.Flipped.Select(Text.Printable))}"
            : verification.CouldFlip
                ? $"Decisions   could differ for scores within {Text.Number(verification.ScoreBound)} of the "
                    + $"threshold, which includes {verification.WithinBound} known scores"
            : $"Decisions   the same, except for scores within {Text.Number(verification.ScoreBound)} of the "
                + $"threshold{margin}");
    }

    private static void WriteJson(
        TextWriter output,
        string path,
        AnomalyDetector detector,
        DetectorVerification verification)
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

    // JSON cannot represent infinity.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
