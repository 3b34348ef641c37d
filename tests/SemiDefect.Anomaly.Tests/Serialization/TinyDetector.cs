using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>A detector of a few kilobytes, whose network has nothing that processors could disagree on.</summary>
internal static class TinyDetector
{
    /// <summary>Fits one on five small parts; input 8 x 8.</summary>
    public static void Make(string workFolder, string path, byte[]? network = null)
    {
        BackboneFile backbone = BackboneFile.FromBytes("tiny", network ?? TinyOnnx.Relu([0, 3, 0, 0], [0, 3, 0, 0]), null);
        using AnomalyDetector detector = AnomalyDetector.Fit(
            ImageFolder.Open(SyntheticParts.WriteGood(Path.Combine(workFolder, "tiny"), 5, 24, 16)),
            new FitOptions { Backbones = [backbone], ResizeSize = 8, Coreset = new(count: 20), Device = ExecutionDevice.Cpu });
        detector.Save(path);
    }

    /// <summary>The picture that detectors are tried on.</summary>
    public static Image Picture(string workFolder)
    {
        string path = Path.Combine(workFolder, "tried.png");
        return ImageFile.Read(File.Exists(path) ? path : SyntheticParts.WriteBad(path, 80, 48));
    }
}
