// Learns from a folder of good images, saves what was learned, opens it again and inspects an image:
// dotnet run -c Release --project samples/ConsoleInspection -- datasets.sample/logic-die/train/good IMAGE die.sdad
using SemiDefect.Anomaly;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;

if (args is not [string goodFolder, string newImage, string detectorFile])
{
    Console.Error.WriteLine("usage: ConsoleInspection FOLDER-OF-GOOD-IMAGES IMAGE DETECTOR-FILE");
    return 2;
}

try
{
    using (AnomalyDetector fitted = AnomalyDetector.Fit(ImageFolder.Open(goodFolder)))
    {
        fitted.Save(detectorFile);
    }

    using AnomalyDetector detector = AnomalyDetector.Load(detectorFile);
    Inspection inspection = detector.Inspect(newImage);
    string verdict = DecisionRule.NameOf(inspection.Decision);
    Console.WriteLine($"{verdict}: {inspection.Score:F2} (threshold {inspection.Threshold:F2})");
    foreach (Region region in inspection.Regions)
    {
        Console.WriteLine($"  {region.Area} pixels around ({region.CentroidX:F0}, {region.CentroidY:F0})");
    }

    return 0;
}
catch (SemiDefectException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
