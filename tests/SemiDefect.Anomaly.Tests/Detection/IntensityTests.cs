using System.Text;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

/// <summary>Detectors of DICOM series and of deep pictures with a window.</summary>
public sealed class IntensityTests : IDisposable
{
    private const int Side = 32;
    private const int Images = 6;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<IntensityRange> Ranges { get; } =
        [IntensityRange.Full, IntensityRange.Window(900, 1500), IntensityRange.Percentiles(0.5, 99.5)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_DICOM_series_gives_the_maps_of_the_same_pictures_in_PNG(IntensityRange intensity)
    {
        using AnomalyDetector dicom = Fit("dcm", intensity);
        using AnomalyDetector png = Fit("png", intensity);
        Assert.Equal(intensity.Kind == IntensityKind.Full ? 12 : null, dicom.Description.BitDepth);
        Assert.Equal(png.Thresholds.ImageScores, dicom.Thresholds.ImageScores);
        Assert.Equal(png.Fingerprint.Options, dicom.Fingerprint.Options);

        (string bad, string badPng) = (Write("new", "dcm", 99, true), Write("new", "png", 99, true));
        Inspection expected = png.Inspect(badPng);
        Assert.True(expected.Score > expected.Threshold);
        foreach (Inspection inspection in new[] { dicom.Inspect(bad), dicom.Inspect(badPng), png.Inspect(bad) })
        {
            Assert.Equal(expected.Score, inspection.Score);
            Assert.Equal(expected.Map.Values, inspection.Map.Values);
        }

        dicom.Save(_folder.File("d.sdad"));
        Assert.DoesNotContain(
            "eheim", Encoding.Latin1.GetString(File.ReadAllBytes(_folder.File("d.sdad"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_is_stored_in_a_version_of_its_own_and_needed_to_merge()
    {
        using AnomalyDetector fitted = Fit("dcm", IntensityRange.Window(900, 1500));
        using AnomalyDetector full = Fit("dcm", IntensityRange.Full);
        Assert.Equal(2, Reading(fitted).Version);
        Assert.Equal(1, Reading(full).Version);
        Assert.NotEqual(fitted.Fingerprint.Options, full.Fingerprint.Options);
        using AnomalyDetector other = Fit("dcm", IntensityRange.Window(900, 1501));
        Assert.Contains(
            "the window of their images",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(fitted, other)).Message,
            StringComparison.Ordinal);

        fitted.Save(_folder.File("d.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(
            _folder.File("d.sdad"), new LoadOptions { Encoder = new CellEncoder() });
        Assert.Equal(fitted.Fingerprint, loaded.Fingerprint);
        Assert.Equal(IntensityRange.Window(900, 1500), loaded.Reading.Intensity);
        Assert.Equal(IntensityRange.Window(900, 1500), loaded.Description.Intensity);
        string bad = Write("new", "dcm", 99, true);
        Assert.Equal(fitted.Inspect(bad).Map.Values, loaded.Inspect(bad).Map.Values);

        // Version 1 does not know it.
        DetectorManifest manifest = DetectorManifest.Of(fitted.Document);
        DetectorManifest first = manifest with
        {
            Components =
            [
                .. manifest.Components.Select(component =>
                    component.Kind == "image-reading" ? component with { Version = 1 } : component),
            ],
        };
        Assert.Null(first.ToDocument().Reading!.Intensity);
        foreach (IntensityRecord impossible in new IntensityRecord[]
        {
            new(IntensityKind.Full, 0, 0), new(IntensityKind.Window, 5, 5),
            new(IntensityKind.Percentiles, -1, 50), new(IntensityKind.FileWindow, 1, 2),
        })
        {
            Assert.Equal(
                "reads images in a way that does not exist",
                DetectorDocumentRules.FindFault(fitted.Document with
                {
                    Reading = new ReadingRecord { Intensity = impossible },
                }));
        }
    }

    [Fact]
    public void A_window_with_a_bit_depth_or_for_images_in_memory_is_refused()
    {
        Assert.Contains(
            "leave out --bit-depth",
            Assert.Throws<SemiDefectException>(
                () => Fit("dcm", IntensityRange.Window(900, 1500), bitDepth: 12)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "come from memory",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Fit(
                Pictures.Good(4, Side, Side),
                CellFits.Options() with { Intensity = IntensityRange.Percentiles(1, 99) })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Signed_samples_that_use_few_levels_are_said()
    {
        for (int i = 0; i < Images; i++)
        {
            int seed = i;
            byte[] file = new TestDicom
            {
                BitsStored = 16,
                Rows = Side,
                Columns = Side,
                Samples = [.. Enumerable.Range(0, Side * Side).Select(k => (ushort)(33_000 + (k * 7 + seed) % 900))],
            }.Encode();
            File.WriteAllBytes(_folder.File($"{i}.dcm"), file);
        }

        var logger = new ListLogger();
        FitOptions options = CellFits.Options() with { Logger = logger };
        AnomalyDetector.Fit(ImageFolder.Open(_folder.Path), options).Dispose();
        Assert.Contains("use 900 of the 65536 levels", Assert.Single(logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_metadata_bar_is_cut_by_a_region_of_interest()
    {
        // The bar of a SEM picture: its text changes from picture to picture.
        const int Bar = 8;
        for (int i = 0; i < Images; i++)
        {
            Write("bars", "png", (ulong)i, false, Bar, (ulong)i);
        }

        FitOptions options =
            CellFits.Options() with { Region = new RegionOfInterest(0, 0, Side, Side - Bar), BitDepth = 12 };
        using AnomalyDetector detector = AnomalyDetector.Fit(ImageFolder.Open(_folder.File("bars")), options);
        Inspection plain = detector.Inspect(Write("new", "png", 50, false, Bar, 1));
        Inspection other = detector.Inspect(Write("new", "png", 50, false, Bar, 987));
        Assert.Equal(plain.Score, other.Score);
        Assert.Equal(plain.Map.Values, other.Map.Values);
        Inspection bad = detector.Inspect(Write("new", "png", 50, true, Bar, 987));
        Assert.True(bad.Score > bad.Threshold);
    }

    private static DetectorComponent Reading(AnomalyDetector detector) =>
        DetectorManifest.Of(detector.Document).Components.Single(component => component.Kind == "image-reading");

    private AnomalyDetector Fit(string kind, IntensityRange intensity, int? bitDepth = null)
    {
        for (int i = 0; i < Images; i++)
        {
            Write(kind, kind, (ulong)i, false);
        }

        return AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File(kind)),
            CellFits.Options() with { Intensity = intensity, BitDepth = bitDepth });
    }

    private string Write(string folder, string kind, ulong seed, bool isBad, int bar = 0, ulong text = 0)
    {
        var generator = new SeededGenerator(seed);
        ushort[] samples =
        [
            .. Enumerable.Range(0, Side * Side)
                .Select(i => (ushort)(1000 + 300 * (i / 8 % 2) + generator.NextInt32(90))),
        ];
        if (isBad)
        {
            for (int i = 0; i < 40; i++)
            {
                samples[(8 + i / 8) * Side + 9 + i % 8] += 130;
            }
        }

        var letters = new SeededGenerator(text);
        for (int i = Side * (Side - bar); i < samples.Length; i++)
        {
            samples[i] = (ushort)letters.NextInt32(4096);
        }

        string path = _folder.File($"{folder}/{seed:D3}.{kind}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, kind == "png"
            ? new TestPng { Width = Side, Height = Side, Depth = 16, ColorType = 0, Samples = samples }.Encode()
            : new TestDicom { Rows = Side, Columns = Side, Samples = samples }.Encode());
        return path;
    }
}
