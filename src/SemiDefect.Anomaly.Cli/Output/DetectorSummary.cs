using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of a detector after a fit and by <c>info</c>.</summary>
internal static class DetectorSummary
{
    public static void Write(
        TextWriter output,
        DetectorDescription detector,
        DetectorFingerprint fingerprint,
        string path,
        bool json,
        PrecisionJson? precision = null)
    {
        if (json)
        {
            DetectorSummaryJson.Write(output, detector, fingerprint, path, precision);
        }
        else
        {
            WriteText(output, detector, fingerprint, path);
            if (detector.Tuning is { } tuning)
            {
                TuningSummary.Write(output, tuning);
            }

            PlantedSummary.Write(output, detector);
            if (precision is not null)
            {
                output.WriteLine(
                    $"{"Precision",-11} int8 finds {precision.FoundInt8} of the {precision.Planted} planted defects, "
                        + $"float32 {precision.FoundFloat32}");
            }

            if (detector.Names is { } names)
            {
                NamesSummary.Write(output, names);
            }
        }
    }

    private static void WriteText(
        TextWriter output, DetectorDescription detector, DetectorFingerprint fingerprint, string path)
    {
        output.WriteLine($"{"Detector",-11} {path}");
        foreach ((string name, string value) in DetectorText.Describe(detector, fingerprint))
        {
            output.WriteLine($"{name,-11} {value}");
        }
    }
}
