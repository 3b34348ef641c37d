using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Tuning;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>A detector of a few kilobytes, whose network gives the same bits on every processor.</summary>
internal static class TinyDetector
{
    private const int Width = 24;
    private const int Height = 16;

    /// <summary>Fits a detector to five small parts; input 8 x 8 unless the options are changed.</summary>
    public static void Make(
        string workFolder,
        string path,
        byte[]? network = null,
        Func<FitOptions, FitOptions>? change = null)
    {
        BackboneFile backbone =
            BackboneFile.FromBytes("tiny", network ?? TinyOnnx.Relu([0, 3, 0, 0], [0, 3, 0, 0]), null);
        var options = FitPresets.Create(FitPresets.Fast) with
        {
            Backbones = [backbone],
            ResizeSize = 8,
            Coreset = new(count: 20),
            Device = ExecutionDevice.Cpu,
        };
        string good = SyntheticParts.WriteGood(Path.Combine(workFolder, "tiny"), 5, Width, Height);
        using AnomalyDetector detector =
            AnomalyDetector.Fit(ImageFolder.Open(good), change?.Invoke(options) ?? options);
        detector.Save(path);
    }

    /// <summary>
    /// Fits a detector with two lanes, a masked region of interest, the record of a tuning, planted defects and names
    /// of defects.
    /// </summary>
    public static void MakeOfTwoLanes(string workFolder, string path)
    {
        Make(
            workFolder,
            path,
            change: options => options with
            {
                Scales = [8, 12],
                Region = Region(),
                Tuning = Record,
                Planter = new TinyPlanter(),
            });
        DefectNames names;
        using (AnomalyDetector detector = AnomalyDetector.Load(path))
        {
            names = detector.LearnNames(
                new ImageList([("a.png", SmallPicture(workFolder))]),
                (_, _) =>
                [
                    new DefectLabel("dent") { Box = new DefectBox(3, 3, 8, 9) },
                    new DefectLabel("scratch") { Box = new DefectBox(12, 4, 20, 10) },
                ],
                new TeachOptions { Views = false });
        }

        AnomalyDetector.ChangeNames(path, names);
    }

    /// <summary>The record of a tuning of two candidates.</summary>
    public static TuningRecord Record { get; } = new()
    {
        Learned = 4,
        HeldOut = 2,
        MaxCost = 5000,
        Effort = 2.5,
        Sizes = [4, 8],
        Chosen = 1,
        Candidates = [Candidate(8, isDefault: true), Candidate(12, isDefault: false)],
    };

    /// <summary>The test image.</summary>
    public static Image Picture(string workFolder)
    {
        string path = Path.Combine(workFolder, "tried.png");
        return ImageFile.Read(File.Exists(path) ? path : SyntheticParts.WriteBad(path, 80, 48));
    }

    /// <summary>A test image of the size required by the detector with two lanes.</summary>
    public static Image SmallPicture(string workFolder)
    {
        string path = Path.Combine(workFolder, "small.png");
        return ImageFile.Read(File.Exists(path) ? path : SyntheticParts.WriteBad(path, Width, Height));
    }

    private static TuningCandidate Candidate(int scale, bool isDefault) => new()
    {
        Networks = ["tiny"],
        Change = isDefault ? null : "no whitening",
        Scales = [scale],
        IsDefault = isDefault,
        MultiplyAdds = 100 * scale,
        Found = new TuningShare(scale, 24),
        ByKind = [new TuningKindShare("spot", new TuningShare(scale, 24))],
        BySize = [new TuningShare(2, 12), new TuningShare(scale - 2, 12)],
        ChanceOfNone = isDefault ? 1 : 0.004987531172069825,
        BetterKinds = isDefault ? 0 : 1,
        WorseKinds = 0,
        IsProven = !isDefault,
    };

    // Everything except a frame of two pixels and a hole.
    private static RegionOfInterest Region()
    {
        byte[] rgb = new byte[3 * Width * Height];
        for (int y = 2; y < Height - 2; y++)
        {
            rgb.AsSpan(3 * (y * Width + 2), 3 * (Width - 4)).Fill((byte)(y is 6 or 7 ? 0 : 255));
        }

        return RegionOfInterest.FromMask(new Image(Width, Height, rgb));
    }
}
