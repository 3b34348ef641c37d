// Learns from frames that are in memory only. Here a folder plays the camera:
// dotnet run -c Release --project samples/CustomSource -- datasets.sample/logic-die/train/good
using CustomSource;
using SemiDefect.Anomaly;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

if (args is not [string folder])
{
    Console.Error.WriteLine("usage: CustomSource FOLDER-OF-IMAGES");
    return 2;
}

ImageFolder camera = ImageFolder.Open(folder);
var ring = new FrameRing(capacity: 8);
for (int i = 0; i < camera.Count; i++)
{
    ring.Add(camera.Read(i, CancellationToken.None));
}

using AnomalyDetector detector = AnomalyDetector.Fit(ring.Snapshot());
Console.WriteLine($"learned from {string.Join(", ", detector.Description.Images)}");
Image next = camera.Read(0, CancellationToken.None);
Inspection inspection = detector.Inspect(next, "next frame");
Console.WriteLine($"{inspection.Name}: {inspection.Score:F2} (threshold {inspection.Threshold:F2})");
return 0;
