using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a detector after a fit and by <c>info</c>.</summary>
internal static class DetectorSummary
{
    public static void Write(TextWriter output, DetectorDocument document, DetectorFingerprint fingerprint, string path, bool json)
    {
        if (json)
        {
            WriteJson(output, document, fingerprint, path);
        }
        else
        {
            WriteText(output, document, fingerprint, path);
        }
    }

    private static void WriteText(TextWriter output, DetectorDocument document, DetectorFingerprint fingerprint, string path)
    {
        PreprocessingOptions input = document.Preprocessing;
        string resize = input.Resize switch
        {
            ResizeKind.None => "as they are",
            ResizeKind.Squash => $"resized to {input.Size} x {input.Size}",
            _ => $"shorter side resized to {input.Size}",
        };
        string crop = input.Crop is { } side ? $", middle {side} x {side}" : string.Empty;
        output.WriteLine($"Detector    {path}");
        output.WriteLine($"Learned     {document.Fit.Images.Count} good images, {document.Fit.Patches} patches (preset {document.Fit.Preset}, seed {document.Fit.Seed})");
        if (document.Fit.Steps.Count > 1)
        {
            output.WriteLine($"Steps       {string.Join(", ", document.Fit.Steps.Select(step => $"{step.Kind} +{step.Images}"))}");
        }

        output.WriteLine($"Backbone    {document.Backbone.Name} ({string.Join(", ", document.Backbone.Taps)}), license {document.Backbone.Manifest?.License ?? "unknown"}, {(document.Backbone.Included ? "in the file" : "not in the file")}");
        output.WriteLine($"Images      {resize}{crop}");
        string radius = document.Fit.CoveringRadius is { } distance ? $", every good patch within {Text.Number(distance)}" : string.Empty;
        string pieces = document.Fit.Pieces is { } count ? $", picked in {count} pieces" : string.Empty;
        foreach (BankRecord bank in document.Banks)
        {
            output.WriteLine($"Memory bank {bank.Rows} patches x {bank.Columns} values{radius}{pieces}");
        }

        WriteThreshold(output, "Threshold  ", document.Thresholds.Image, document.Thresholds.Options);
        WriteThreshold(output, "Pixels     ", document.Thresholds.Pixel, document.Thresholds.Options);
        output.WriteLine($"Fingerprint {fingerprint.ShortForm}");
        if (document.Thresholds.Image.Note is { } note)
        {
            output.WriteLine($"Note        {note}");
        }
    }

    private static void WriteJson(TextWriter output, DetectorDocument document, DetectorFingerprint fingerprint, string path)
    {
        var json = new DetectorInfoJson(
            1,
            path.Replace('\\', '/'),
            document.Engine,
            document.Fit.Preset,
            document.Fit.Images.Count,
            document.Fit.Patches,
            document.Fit.Seed,
            document.Fit.Folds,
            new BackboneJsonRecord(document.Backbone.Name, document.Backbone.Sha256, document.Backbone.Taps, document.Backbone.Manifest?.License, document.Backbone.Included),
            [.. document.Banks.Select(bank => new BankJson(bank.Rows, bank.Columns))],
            document.Fit.CoveringRadius,
            document.Fit.Pieces,
            new ThresholdJson(document.Thresholds.Image.Value, document.Thresholds.Image.Method, document.Thresholds.Image.Note),
            new ThresholdJson(document.Thresholds.Pixel.Value, document.Thresholds.Pixel.Method, document.Thresholds.Pixel.Note),
            document.Thresholds.Options.FalseAlarmRate,
            fingerprint.Sha256,
            FingerprintPartsJson.Of(fingerprint),
            document.Golden.Count,
            [.. document.Fit.Steps.Select(step => new StepJson(step.Kind, step.Images, step.Rows))]);
        output.WriteLine(JsonSerializer.Serialize(json, CliJson.Default.DetectorInfoJson));
    }

    private static void WriteThreshold(TextWriter output, string label, ThresholdEstimate threshold, ThresholdOptions options)
    {
        string rate = options.Method is ThresholdMethod.Conformal or ThresholdMethod.Quantile ? $", false-alarm rate {Text.Number(options.FalseAlarmRate)}" : string.Empty;
        output.WriteLine($"{label} {Text.Number(threshold.Value)} ({threshold.Method}{rate})");
    }
}
