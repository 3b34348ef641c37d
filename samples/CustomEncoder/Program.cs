// Learns and inspects with an encoder of our own in place of a network:
// dotnet run -c Release --project samples/CustomEncoder -- datasets.sample/logic-die/train/good IMAGE cells.sdad
using CustomEncoder;
using SemiDefect.Anomaly;
using SemiDefect.Anomaly.Sources;

if (args is not [string goodFolder, string newImage, string detectorFile])
{
    Console.Error.WriteLine("usage: CustomEncoder FOLDER-OF-GOOD-IMAGES IMAGE DETECTOR-FILE");
    return 2;
}

using (AnomalyDetector fitted = AnomalyDetector.Fit(
    ImageFolder.Open(goodFolder), new FitOptions { Encoder = new CellStatistics() }))
{
    fitted.Save(detectorFile);
}

// The file names the encoder but does not hold it: it must be given again.
using AnomalyDetector detector = AnomalyDetector.Load(
    detectorFile, new LoadOptions { Encoder = new CellStatistics() });
Inspection inspection = detector.Inspect(newImage);
string verdict = DecisionRule.NameOf(inspection.Decision);
Console.WriteLine($"{verdict}: {inspection.Score:F3} (threshold {inspection.Threshold:F3})");
return 0;
