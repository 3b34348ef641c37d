using SemiDefect.Anomaly.Cli.Commands;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

[Trait("Speed", "Slow")]
public sealed class VanishingFileTests(FaultWorkshop workshop) : IClassFixture<FaultWorkshop>
{
    [Fact]
    public void A_file_deleted_between_listing_and_reading_ends_the_fit_with_one_error()
    {
        string folder = CopyOf("new");
        ImageFolder listed = ImageFolder.Open(folder);
        File.Delete(listed.Items[1].FullPath);
        SemiDefectException error = Assert.ThrowsAny<SemiDefectException>(() => AnomalyDetector.Fit(listed));
        Assert.Contains("001.png' does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_deleted_between_listing_and_scoring_is_reported_and_the_rest_is_scored()
    {
        string folder = CopyOf("new");
        using AnomalyDetector detector = AnomalyDetector.Load(workshop.File("new.sdad"));
        ScoreInput input = ScoreInput.Collect([folder]);
        File.Delete(input.Items[0].FullPath);
        var files = new ScoreFiles(null, false, null, null, RawFormat.Tiff, detector.Reading);
        var results = ScoreRun.Execute(detector, input, files, null, CancellationToken.None);
        Assert.Equal(2, results.Images.Count);
        Assert.Contains("does not exist", Assert.Single(results.Unreadable).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_deleted_between_scoring_and_drawing_is_reported_and_the_rest_is_drawn()
    {
        string folder = CopyOf("new");
        using AnomalyDetector detector = AnomalyDetector.Load(workshop.File("new.sdad"));
        ScoreInput input = ScoreInput.Collect([folder]);
        Inspection[] inspections = [.. detector.InspectAll([.. input.Items.Select(item => item.FullPath)])];
        File.Delete(input.Items[0].FullPath);
        var files = new ScoreFiles(workshop.Fresh("drawn"), false, null, null, RawFormat.Tiff, detector.Reading);
        var unreadable = new List<int>();
        var drawn = ScoreRun.WriteAll(input, files, inspections, (index, _) => unreadable.Add(index)).ToList();
        Assert.Equal([0], unreadable);
        Assert.Equal([1, 2], drawn.Select(inspection => inspection.Index));
        Assert.Equal(
            ["001.png", "002.png"],
            Directory.GetFiles(workshop.File("drawn")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string CopyOf(string name)
    {
        string folder = workshop.Fresh("copy");
        FaultWorkshop.Restore(folder, FaultWorkshop.Contents(workshop.File(name)));
        return folder;
    }
}
