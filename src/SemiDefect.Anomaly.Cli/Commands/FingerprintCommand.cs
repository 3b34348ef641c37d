using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fingerprint</c>: prints the fingerprint of a detector or a data set.</summary>
internal static class FingerprintCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("MODEL|DATASET") { Description = "A detector file, or a folder of images." };
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "fingerprint",
            "Print a SHA-256 of everything that affects a detector's decisions, or of all images in a folder.")
        {
            path, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            string given = Wildcards.One(parsed.GetRequiredValue(path));
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool asJson = parsed.GetValue(json);
            if (Directory.Exists(given))
            {
                Write(output, given, Read(given, cancellationToken), asJson);
            }
            else
            {
                Write(output, given, DetectorFingerprint.Read(given), asJson);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static DatasetFingerprint Read(string path, CancellationToken cancellationToken)
    {
        ImageFolder folder = ImageFolder.Open(path);
        return ProgressDisplay.Run(
            display => DatasetFingerprint.Of(folder, new ReadProgress(display, folder.Items.Count), cancellationToken));
    }

    private static void Write(TextWriter output, string path, DatasetFingerprint fingerprint, bool json)
    {
        if (json)
        {
            var document = new DatasetFingerprintJson(
                1,
                "dataset",
                path.Replace('\\', '/'),
                fingerprint.Sha256,
                fingerprint.ShortForm,
                fingerprint.Images,
                fingerprint.Bytes);
            output.WriteLine(JsonSerializer.Serialize(document, CliJson.Default.DatasetFingerprintJson));
            return;
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Images       {path} ({fingerprint.Images} files, {fingerprint.Bytes} bytes; relative paths and "
                    + $"contents)"));
        WriteDigits(output, fingerprint.ShortForm, fingerprint.Spoken);
    }

    private static void Write(TextWriter output, string path, DetectorFingerprint fingerprint, bool json)
    {
        if (json)
        {
            var document = new DetectorFingerprintJson(
                1,
                "detector",
                path.Replace('\\', '/'),
                fingerprint.Sha256,
                fingerprint.ShortForm,
                FingerprintPartsJson.Of(fingerprint));
            output.WriteLine(JsonSerializer.Serialize(document, CliJson.Default.DetectorFingerprintJson));
            return;
        }

        output.WriteLine($"Detector     {path}");
        WriteDigits(output, fingerprint.ShortForm, fingerprint.Spoken);
        output.WriteLine(
            $"Parts        network {Start(fingerprint.Network)}, options {Start(fingerprint.Options)}, bank "
                + $"{Start(fingerprint.Bank)}, thresholds {Start(fingerprint.Thresholds)}");
    }

    private static void WriteDigits(TextWriter output, string shortForm, string spoken)
    {
        // Two lines of eight groups each.
        int middle = spoken.Length / 2;
        output.WriteLine($"Short        {shortForm}");
        output.WriteLine($"Fingerprint  {spoken[..middle].TrimEnd()}");
        output.WriteLine($"             {spoken[middle..].TrimStart()}");
    }

    private static string Start(string sha256) => $"{sha256[..4]} {sha256[4..8]}";

    private sealed class ReadProgress(ProgressDisplay display, int total) : IProgress<int>
    {
        public void Report(int value) => display.Report("Reading images", value, total);
    }
}
