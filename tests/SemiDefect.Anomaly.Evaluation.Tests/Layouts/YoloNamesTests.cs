using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

/// <summary>The names of classes beside YOLO annotations.</summary>
public sealed class YoloNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data.yaml", "nc: 2\nnames: ['scratch', dent]\n")]
    [InlineData("data.yaml", "path: ../x # root\nnames:\n  - scratch\n  - \"dent\"\ntrain: images/train\n")]
    [InlineData("Data.YML", "names:\n  0: scratch\n  1: dent\n")]
    [InlineData("parts.yaml", "names: {0: scratch, 1: dent}\n")]
    [InlineData("data.yaml", "names: [\n  scratch,\n  dent\n]\n")]
    [InlineData("classes.txt", "scratch\r\ndent\r\n")]
    [InlineData("labels/classes.txt", "scratch\ndent\n")]
    public void Types_have_the_names_of_their_classes(string file, string text)
    {
        Write(file, text);
        Assert.Equal(
            ["good", "scratch", "dent", "dent"],
            TypesOf("0 .5 .5 .2 .2\n", "1 .5 .5 .2 .2\n", "1 .5 .5 .2 .2\n"));
    }

    [Fact]
    public void Without_names_classes_keep_their_numbers() =>
        Assert.Equal(["good", "class 0", "class 7"], TypesOf("0 .5 .5 .2 .2\n", "7 .5 .5 .2 .2\n"));

    [Fact]
    public void What_is_marked_as_good_is_good()
    {
        Write("data.yaml", "names: [good, dent]");
        Assert.Equal(["good", "good", "dent"], TypesOf("0 .5 .5 .2 .2\n", "0 .5 .5 .2 .2\n1 .5 .5 .1 .1\n"));
    }

    [Theory]
    [InlineData("names: [a", "is not YAML")]
    [InlineData("names: 7", "neither a list nor a map")]
    [InlineData("names: {x: a}", "neither a list nor a map")]
    [InlineData("names: [[a]]", "neither a list nor a map")]
    [InlineData("names: [dent]", "has a box of the class 1, which 'data.yaml' does not name")]
    public void Names_that_are_not_understood_are_refused(string text, string expected)
    {
        Write("data.yaml", text);
        Assert.Contains(
            expected,
            Assert.Throws<SemiDefectException>(() => TypesOf("1 .5 .5 .2 .2\n")).Message,
            StringComparison.Ordinal);
    }

    private string[] TypesOf(params string[] boxes)
    {
        SyntheticParts.WriteGood(_folder.File("set/images"), boxes.Length + 1);
        for (int i = 0; i < boxes.Length; i++)
        {
            Write($"labels/{i + 1:D3}.txt", boxes[i]);
        }

        return [.. LabeledDataset.Open(_folder.File("set"), needsTraining: false).Test.Select(image => image.Type)];
    }

    private void Write(string name, string text)
    {
        string path = _folder.File($"set/{name}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
