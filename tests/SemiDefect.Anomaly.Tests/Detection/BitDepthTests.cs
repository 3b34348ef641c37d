using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

/// <summary>Detectors of images that use fewer bits than their files hold, or a page of several.</summary>
public sealed class BitDepthTests : IDisposable
{
    private const int Side = 32;
    private const int Images = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Twelve_bits_in_sixteen_score_as_if_they_were_stored_as_sixteen()
    {
        using AnomalyDetector low = Fit("low", shift: 0);
        using AnomalyDetector high = Fit("high", shift: 4);
        Assert.Equal(new ReadingRecord { BitDepth = 12 }, low.Document.Reading);
        Assert.Null(high.Document.Reading);
        Assert.Equal(high.Thresholds.ImageScores, low.Thresholds.ImageScores);
        Assert.Equal(high.Fingerprint.Bank, low.Fingerprint.Bank);
        Assert.NotEqual(high.Fingerprint.Options, low.Fingerprint.Options);

        Assert.Equal(high.Document.Fit.ImageHashes, low.Document.Fit.ImageHashes);
        low.Save(_folder.File("low.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(
            _folder.File("low.sdad"), new LoadOptions { Encoder = new CellEncoder() });
        Assert.Equal(low.Fingerprint, loaded.Fingerprint);
        string lowNew = Write("new-low", 100, 0);
        Inspection expected = high.Inspect(Write("new-high", 100, 4));
        using FileStream stream = File.OpenRead(lowNew);
        Inspection[] actual =
        [
            loaded.Inspect(lowNew), loaded.Inspect(stream, "stream"),
            .. loaded.InspectAll((string[])[lowNew]),
            .. loaded.InspectAll(ImageFolder.Open(Path.GetDirectoryName(lowNew)!)),
            loaded.Inspect(ImageFile.Read(lowNew, loaded.Reading)),
        ];
        Assert.Equal(5, actual.Length);
        Assert.All(actual, inspection => Assert.Equal(expected.Score, inspection.Score));
        Assert.Equal(
            low.Update(ImageFolder.Open(Path.GetDirectoryName(lowNew)!)).Thresholds.ImageScores,
            high.Update(ImageFolder.Open(_folder.File("new-high"))).Thresholds.ImageScores);
        Assert.Contains(
            "the bit depth of their images",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(low, high)).Message);
    }

    [Fact]
    public void A_new_image_with_samples_above_the_depth_is_refused_and_never_clipped()
    {
        using AnomalyDetector detector = Fit("low", shift: 0);
        string bright = Write("bright", 100, 0, highest: 4096);
        string message = Assert.Throws<ImageFormatException>(() => detector.Inspect(bright)).Message;
        Assert.Contains("has a sample of 4096, more than 12 bits hold", message, StringComparison.Ordinal);
        var errors = new List<int>();
        Assert.Empty(detector.InspectAll((string[])[bright], (index, _) => errors.Add(index)));
        Assert.Equal([0], errors);
        Assert.NotNull(detector.Inspect(Write("white", 100, 0, highest: 4095)));
    }

    [Fact]
    public void A_depth_that_is_given_overrides_what_the_images_say()
    {
        using AnomalyDetector whole = Fit("low", shift: 0, bitDepth: 16);
        Assert.Null(whole.Document.Reading);
        using AnomalyDetector fourteen = Fit("low", shift: 0, bitDepth: 14);
        Assert.Equal(14, fourteen.Document.Reading!.BitDepth);
        Assert.Throws<ImageFormatException>(() => Fit("low", shift: 0, bitDepth: 9));
        Assert.Contains(
            "come from memory",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Fit(
                Pictures.Good(4, Side, Side), CellFits.Options() with { BitDepth = 12 })).Message);
    }

    [Fact]
    public void A_detector_file_of_the_usual_reading_has_no_component_for_it()
    {
        using AnomalyDetector high = Fit("high", shift: 4);
        using AnomalyDetector low = Fit("low", shift: 0);
        Assert.DoesNotContain("eading", high.Description.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            DetectorManifest.Of(high.Document).Components, component => component.Kind == "image-reading");
        Assert.Contains(
            DetectorManifest.Of(low.Document).Components, component => component.Kind == "image-reading");
        foreach (ReadingRecord impossible in new[]
        {
            new ReadingRecord { BitDepth = 7 }, new ReadingRecord { BitDepth = 16 }, new ReadingRecord { Page = 1 },
        })
        {
            Assert.Equal(
                "reads images in a way that does not exist",
                DetectorDocumentRules.FindFault(low.Document with { Reading = impossible }));
        }
    }

    [Fact]
    public void Pages_are_told_chosen_and_stored()
    {
        for (int i = 0; i < Images; i++)
        {
            byte[] thumbnail = Tiff(8, i, 40);
            File.WriteAllBytes(_folder.File($"{i}.tif"), Joined(thumbnail, Tiff(Side, i, 200)));
        }

        var logger = new ListLogger();
        FitOptions options = CellFits.Options() with { Logger = logger };
        using (AnomalyDetector first = AnomalyDetector.Fit(ImageFolder.Open(_folder.Path), options))
        {
            Assert.Equal(1, first.Document.Fit.Patches / Images);
            Assert.Null(first.Document.Reading);
        }

        Assert.Contains("6 of 6 images have several pages, '0.tif' first", Assert.Single(logger.Lines));
        using AnomalyDetector second =
            AnomalyDetector.Fit(ImageFolder.Open(_folder.Path), options with { Page = 2 });
        Assert.Single(logger.Lines);
        Assert.Equal(16, second.Document.Fit.Patches / Images);
        Assert.Equal(new ReadingRecord { Page = 2 }, second.Document.Reading);
        Assert.Equal(Side, second.Inspect(_folder.File("0.tif")).Geometry.OriginalWidth);

        ImageFolder each = ImageFolder.Open(_folder.Path).WithEachPage();
        Assert.Equal(["0.tif#1", "0.tif#2", "1.tif#1"], each.Items.Take(3).Select(item => item.RelativePath));
        using AnomalyDetector all = AnomalyDetector.Fit(each, options);
        Assert.Equal(2 * Images, all.Document.Fit.Images.Count);
        Assert.Single(logger.Lines);
    }

    private static byte[] Tiff(int side, int seed, int light) => new TestTiff
    {
        Width = side,
        Height = side,
        Samples = [.. Enumerable.Range(0, side * side).Select(i => (ushort)(light + (i * 7 + seed) % 11))],
    }.Encode();

    // Two little-endian files in one: the directory of the second follows that of the first.
    private static byte[] Joined(byte[] first, byte[] second)
    {
        int directory = BitConverter.ToInt32(first, 4);
        byte[] joined = [.. first, .. second];
        int moved = first.Length + BitConverter.ToInt32(second, 4);
        int entries = BitConverter.ToUInt16(first, directory);
        BitConverter.GetBytes(moved).CopyTo(joined, directory + 2 + 12 * entries);
        for (int i = 0; i < BitConverter.ToUInt16(joined, moved); i++)
        {
            // Where the only strip lies.
            int entry = moved + 2 + 12 * i;
            if (BitConverter.ToUInt16(joined, entry) == 273)
            {
                BitConverter.GetBytes(BitConverter.ToInt32(joined, entry + 8) + first.Length)
                    .CopyTo(joined, entry + 8);
            }
        }

        return joined;
    }

    private AnomalyDetector Fit(string name, int shift, int? bitDepth = null)
    {
        for (int i = 0; i < Images; i++)
        {
            Write(name, (ulong)i, shift);
        }

        return AnomalyDetector.Fit(
            ImageFolder.Open(_folder.File(name)), CellFits.Options() with { BitDepth = bitDepth });
    }

    // Dark pictures, as inspections often are: no sample is above 725.
    private string Write(string folder, ulong seed, int shift, int highest = 725)
    {
        var generator = new SeededGenerator(seed);
        ushort[] samples =
        [
            .. Enumerable.Range(0, Side * Side)
                .Select(i => (ushort)(300 + 100 * (i / 8 % 2) + generator.NextInt32(90))),
        ];
        samples[5] = (ushort)highest;
        string path = _folder.File($"{folder}/{seed:D3}.png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new TestPng
        {
            Width = Side,
            Height = Side,
            Depth = 16,
            ColorType = 0,
            Samples = [.. samples.Select(sample => (ushort)(sample << shift))],
        }.Encode());
        return path;
    }
}
