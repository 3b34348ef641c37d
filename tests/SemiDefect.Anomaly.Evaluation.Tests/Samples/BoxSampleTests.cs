using System.Globalization;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Samples;

public sealed class BoxSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_larger_set_holds_the_smaller_one_and_its_boxes_are_understood()
    {
        BoxSampleGenerator.Write(_folder.File("a"), new BoxSampleOptions { Good = 2, Train = 2, Test = 1 });
        BoxSampleGenerator.Write(_folder.File("b"), new BoxSampleOptions { Good = 2, Train = 4, Test = 2 });
        foreach (string file in Directory.GetFiles(_folder.File("a"), "*", SearchOption.AllDirectories))
        {
            string other = Path.Combine(_folder.File("b"), Path.GetRelativePath(_folder.File("a"), file));
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(other));
        }

        LabeledDefects defects = LabeledDefects.Open(_folder.File("b"));
        Assert.Equal(4, defects.Images.Count);
        Assert.All(defects.Images, image => Assert.InRange(image.Mask!.Boxes.Count, 1, 8));
        Assert.Equal(2, LabeledDataset.Open(_folder.File("b")).TrainGood!.Count);
        foreach (string line in File.ReadAllLines(_folder.File("b/labels/train/defects-0000.txt")))
        {
            double[] numbers =
                [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            Assert.InRange(numbers[0], 0, 11);
            Assert.All(numbers[1..], number => Assert.InRange(number, 0, 1));
        }
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<SemiDefectException>(() => new BoxSampleOptions { Train = 0 });
        Assert.Throws<SemiDefectException>(() => new BoxSampleOptions { Test = 10_001 });
    }
}
