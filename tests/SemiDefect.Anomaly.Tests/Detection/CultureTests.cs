using System.Globalization;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Tests.Serialization;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

/// <summary>Results must not depend on the culture of the process.</summary>
[Trait("Speed", "Slow")]
public sealed class CultureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tr-TR", "1,5")]
    [InlineData("de-DE", "1,5")]
    [InlineData("fa-IR", "1٫5")]
    [InlineData("ar-SA", null)]
    [InlineData("th-TH", "1.5")]
    public void A_detector_and_its_evaluation_are_the_same_in_every_culture(string name, string? oneAndAHalf)
    {
        (byte[] Detector, string Evaluation) invariant = Make("invariant", CultureInfo.InvariantCulture);
        var culture = new CultureInfo(name);
        if (oneAndAHalf is not null
            && !culture.EnglishName.Contains("Invariant", StringComparison.Ordinal)
            && culture.CompareInfo.Name == name)
        {
            Assert.Equal(oneAndAHalf, 1.5.ToString(culture));
        }

        (byte[] Detector, string Evaluation) there = Make(name, culture);
        Assert.Equal(invariant.Detector, there.Detector);
        Assert.Equal(invariant.Evaluation, there.Evaluation);
    }

    private (byte[] Detector, string Evaluation) Make(string name, CultureInfo culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        CultureInfo.CurrentUICulture = culture;
        try
        {
            string path = _folder.File(name + ".sdad");
            TinyDetector.Make(_folder.Path, path);
            using AnomalyDetector detector =
                AnomalyDetector.Load(path, new LoadOptions { Device = ExecutionDevice.Cpu });
            string root = _folder.File("data-" + name);
            LabeledDataset dataset = LabeledDataset.Open(SmallDataset.Write(root), needsTraining: false);
            EvaluationResult result =
                DatasetEvaluator.Evaluate(detector, dataset, new EvaluationOptions { Resamples = 50 });
            string[] lines =
                EvaluationJson.Write(result).Replace("data-" + name, "data", StringComparison.Ordinal).Split('\n');
            IEnumerable<string> timeless = lines.Where(line => !line.Contains("seconds", StringComparison.Ordinal));
            return (File.ReadAllBytes(path), string.Join('\n', timeless));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.CurrentUICulture = before;
        }
    }
}
