using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Reports;

public sealed class SubmissionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_follow_the_files_order_by_id_never_by_position()
    {
        string template = Template("id,label\r\nTEST_002,-1\r\nTEST_000,-1\r\nTEST_001,-1\r\n");
        SubmissionFile.Write(
            template,
            _folder.File("out.csv"),
            [("x/TEST_000.png", true), ("x/TEST_001.png", false), ("y\\TEST_002.jpg", true)]);
        Assert.Equal("id,label\nTEST_002,1\nTEST_000,1\nTEST_001,0\n", File.ReadAllText(_folder.File("out.csv")));
    }

    [Fact]
    public void Other_columns_stay_as_they_are()
    {
        string template = Template("note,id,label\n\"a, b\",1,\n");
        SubmissionFile.Write(template, template, [("1.png", false)]);
        Assert.Equal("note,id,label\n\"a, b\",1,0\n", File.ReadAllText(template));
    }

    [Fact]
    public void The_answer_has_the_separator_of_the_contests_file()
    {
        SubmissionFile.Write(Template("note;id;label\r\na,b;1;\r\n"), _folder.File("out.csv"), [("1.png", true)]);
        Assert.Equal("note;id;label\na,b;1;1\n", File.ReadAllText(_folder.File("out.csv")));
    }

    [Theory]
    [InlineData("id,label\na,0\nb,0\n", "a.png", "1 id has no readable image (b)")]
    [InlineData("id,label\na,0\n", "a.png b.png", "does not list 1 of the scored images (b)")]
    [InlineData("id,label\na,0\na,0\n", "a.png", "twice")]
    [InlineData("id,label\na,0\n", "x/a.png y/a.png", "Two of the scored images")]
    [InlineData("id,answer\na,0\n", "a.png", "no column 'label'")]
    public void What_does_not_match_is_refused_and_nothing_is_written(string text, string images, string expected)
    {
        SemiDefectException error = Assert.Throws<SemiDefectException>(() =>
            SubmissionFile.Write(
                Template(text), _folder.File("out.csv"), images.Split(' ').Select(path => (path, true))));
        Assert.Contains(expected, error.Message);
        Assert.False(File.Exists(_folder.File("out.csv")));
    }

    private string Template(string text)
    {
        File.WriteAllText(_folder.File("sample_submission.csv"), text);
        return _folder.File("sample_submission.csv");
    }
}
