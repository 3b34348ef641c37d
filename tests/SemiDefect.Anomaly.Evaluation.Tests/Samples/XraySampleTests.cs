using System.Security.Cryptography;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Samples;

[Trait("Speed", "Slow")]
public sealed class XraySampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder.File(XraySample.Name);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bytes_are_the_same_on_every_machine_and_for_every_count()
    {
        XraySample.Write(_folder.Path, new SampleOptions { Count = 3 });
        Assert.Equal(3 + 1 + 4 + 4, Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Length);
        Assert.Equal(
            "27ae81116d0a52a1d02b45fa0c354ee534cfe154348ee5613fc4423e2c3ee0c1",
            Sha256(Path.Combine(Root, "train/good/000.dcm")));
        Assert.Equal(
            "1d3505e3e3f43290a3e467df07b4176723d174d11038ad969b35574f65158235",
            Sha256(Path.Combine(Root, "test/pore/000.dcm")));
        File.Copy(Path.Combine(Root, "train/good/000.dcm"), Path.Combine(Root, "train/good/x.dcm"));
        Assert.Contains(
            "is not part of this sample set",
            Assert.Throws<SemiDefectException>(
                () => XraySample.Write(_folder.Path, new SampleOptions { Count = 3 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Faint_internal_defects_are_found_as_in_16_bit_PNG_with_equal_maps()
    {
        XraySample.Write(_folder.Path, new SampleOptions { Count = 12 });
        LabeledDataset set = LabeledDataset.Open(Root);
        Assert.Equal(4, set.Test.Count(image => image.IsAbnormal));
        Assert.All(set.Test.Where(image => image.IsAbnormal), image => Assert.NotNull(image.Mask));

        string png = _folder.File("png");
        foreach (string path in Directory.GetFiles(Root, "*.dcm", SearchOption.AllDirectories))
        {
            WritePng(path, Path.ChangeExtension(Path.Combine(png, Path.GetRelativePath(Root, path)), ".png"));
        }

        FitOptions options = FitPresets.Create(FitPresets.Fast) with { Intensity = IntensityRange.Window(1100, 2300) };
        using AnomalyDetector dicom = AnomalyDetector.Fit(ImageFolder.Open(Path.Combine(Root, "train/good")), options);
        using AnomalyDetector plain = AnomalyDetector.Fit(ImageFolder.Open(Path.Combine(png, "train/good")), options);
        int found = 0;
        foreach (LabeledImage image in set.Test)
        {
            Inspection inspection = dicom.Inspect(image.FullPath);
            Inspection same = plain.Inspect(
                Path.ChangeExtension(Path.Combine(png, Path.GetRelativePath(Root, image.FullPath)), ".png"));
            Assert.Equal(same.Score, inspection.Score);
            Assert.Equal(same.Map.Values, inspection.Map.Values);
            found += image.IsAbnormal && inspection.Score > inspection.Threshold ? 1 : 0;
        }

        Assert.InRange(found, 3, 4);
    }

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    // Samples are the last bytes of the file.
    private static void WritePng(string dicom, string path)
    {
        byte[] bytes = File.ReadAllBytes(dicom);
        ushort[] samples = new ushort[256 * 256];
        Buffer.BlockCopy(bytes, bytes.Length - 2 * samples.Length, samples, 0, 2 * samples.Length);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(
            path,
            new TestPng { Width = 256, Height = 256, Depth = 16, ColorType = 0, Samples = samples }.Encode());
    }
}
