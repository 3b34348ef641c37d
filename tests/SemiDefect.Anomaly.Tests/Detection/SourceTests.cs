using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

public class SourceTests
{
    [Fact]
    public void Images_make_the_same_detector_from_memory_from_a_delegate_and_from_files()
    {
        using var folder = new TemporaryFolder();
        Image[] images = [.. Enumerable.Range(0, 4).Select(i => Pictures.Texture(72, 64, (ulong)i))];
        string[] names = ["0.png", "1.png", "2.png", "3.png"];
        for (int i = 0; i < images.Length; i++)
        {
            byte[] rgb = images[i].Rgb.ToArray();
            AtomicFile.Write(folder.File(names[i]), stream => PngWriter.Write(stream, 72, 64, 3, rgb));
        }

        IImageSource[] sources =
        [
            new ImageList([.. names.Zip(images)]),
            new ImageList(names, (index, _) => images[index]),
            ImageList.OfFiles(names.Select(folder.File)),
            ImageFolder.Open(folder.Path),
        ];
        byte[][] files = [.. sources.Select((source, i) =>
        {
            using AnomalyDetector detector = AnomalyDetector.Fit(source, CellFits.Options() with { GoldenImages = 2 });
            Assert.Equal(names, detector.Document.Fit.Images);
            Assert.Equal(images.Select(image => image.Sha256()), detector.Document.Fit.ImageHashes);
            detector.Save(folder.File($"{i}.sdad"));
            return File.ReadAllBytes(folder.File($"{i}.sdad"));
        })];
        Assert.All(files, file => Assert.Equal(files[0], file));
    }

    [Fact]
    public void Exceptions_of_a_source_reach_the_caller_unchanged()
    {
        var source = new ImageList(["a", "b", "c", "d"], (index, _) => index == 2
            ? throw new SemiDefectException("The camera's cable is loose.")
            : Pictures.Texture(64, 64, (ulong)index));
        SemiDefectException error = Assert.Throws<SemiDefectException>(() =>
            AnomalyDetector.Fit(source, CellFits.Options()));
        Assert.Equal("The camera's cable is loose.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/part")]
    [InlineData("../secret")]
    public void A_name_that_no_detector_file_may_hold_is_refused_by_the_fit(string name)
    {
        var source = new ImageList([("good", Pictures.Texture(64, 64, 1)), (name, Pictures.Texture(64, 64, 2))]);
        string expected = $"An image cannot be called '{name}': give it a name, or a path that stays below its folder.";
        Assert.Equal(
            expected, Assert.Throws<SemiDefectException>(() =>
                AnomalyDetector.Fit(source, CellFits.Options())).Message);
        using AnomalyDetector detector = AnomalyDetector.Fit(Pictures.Good(3, 64, 64), CellFits.Options());
        Assert.Equal(expected, Assert.Throws<SemiDefectException>(() => detector.Update(source)).Message);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_fit_reads_each_image_once()
    {
        // Automatic sizes and turns, two lanes and golden images.
        int[] reads = new int[10];
        var source = new ImageList(reads.Select((_, i) => $"{i}.png"), (index, _) =>
        {
            Interlocked.Increment(ref reads[index]);
            return Pictures.Texture(64, 64, (ulong)index);
        });
        var options = new FitOptions { Encoder = new CellEncoder(), GoldenImages = 3 };
        using AnomalyDetector detector = AnomalyDetector.Fit(source, options);
        Assert.Equal(2, detector.Document.Lanes.Count);
        Assert.Equal(3, detector.Document.GoldenImages);
        Assert.All(reads, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Images_beyond_the_limit_are_read_again()
    {
        int reads = 0;
        var source = new KeptImages(
            new ImageList(["a", "b"], (index, _) =>
            {
                reads++;
                return Pictures.Texture(8, 8, (ulong)index);
            }),
            mostBytes: 3 * 8 * 8);
        Image first = source.Read(0, CancellationToken.None);
        Assert.Same(first, source.Read(0, CancellationToken.None));
        Assert.Equal(1, reads);
        Image second = source.Read(1, CancellationToken.None);
        Assert.Equal(second.Sha256(), source.Read(1, CancellationToken.None).Sha256());
        Assert.Equal(3, reads);
    }

    [Fact]
    public void A_source_without_images_is_refused()
    {
        Assert.Equal(
            "There are no training images: give a folder of good images.",
            Assert.Throws<SemiDefectException>(() =>
                AnomalyDetector.Fit(new ImageList([]), CellFits.Options())).Message);
    }
}
