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
        bool json)
    {
        if (json)
        {
            DetectorSummaryJson.Write(output, detector, fingerprint, path);
        }
        else
        {
            WriteText(output, detector, fingerprint, path);
            if (detector.Tuning is { } tuning)
            {
                TuningSummary.Write(output, tuning);
            }

            PlantedSummary.Write(output, detector);
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
