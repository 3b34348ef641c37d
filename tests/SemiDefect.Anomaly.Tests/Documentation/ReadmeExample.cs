// <example>
using SemiDefect.Anomaly;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;

namespace MyLine;

public static class Example
{
    public static void Run(string goodFolder, string newImage, string detectorFile)
    {
        using AnomalyDetector fitted = AnomalyDetector.Fit(ImageFolder.Open(goodFolder));
        fitted.Save(detectorFile);

        using AnomalyDetector detector = AnomalyDetector.Load(detectorFile);
        Inspection inspection = detector.Inspect(newImage);
        Console.WriteLine(
            $"{inspection.Decision}: {inspection.Score:F2} (threshold {inspection.Threshold:F2})");
        foreach (Region region in inspection.Regions)
        {
            Console.WriteLine($"  {region.Area} pixels around ({region.CentroidX:F0}, {region.CentroidY:F0})");
        }
    }
}
// </example>
