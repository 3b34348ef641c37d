using System.Text;
using CsCheck;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public sealed class DaconCsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_list_of_images_is_read_with_paths_below_its_folder()
    {
        IReadOnlyList<DaconItem> items = Read("id,img_path\nTEST_000,./test/TEST_000.png\nTEST_001,test\\sub\\..\\양품 1.png\n");
        Assert.Equal([("TEST_000", "test/TEST_000.png"), ("TEST_001", "test/양품 1.png")], items.Select(item => (item.Id, item.RelativePath!)));
        Assert.Equal(Path.Combine(_folder.Path, "test", "TEST_000.png"), items[0].FullPath);
        Assert.All(items, item => Assert.Null(item.Label));
    }

    [Fact]
    public void Labels_are_read_without_paths_and_beside_other_columns()
    {
        Assert.Equal([new DaconItem("A", null, null, 0), new DaconItem("B", null, null, -1)], Read("id,label\r\nA,0\r\nB,-1"));
        IReadOnlyList<DaconItem> items = Read("\uFEFFnote, Label ,IMG_PATH,Id\n\n\"two\nlines\",1,a.png,X\n");
        Assert.Equal(("X", "a.png", 1), (items[0].Id, items[0].RelativePath, items[0].Label));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData("id,img_path\n", "no rows")]
    [InlineData("name,path\nA,b.png", "line 1: the columns id and img_path or label")]
    [InlineData("id\nA", "line 1: the columns id and img_path or label")]
    [InlineData("id,id,label\nA,A,1", "line 1: the column id is there 2 times")]
    [InlineData("id,img_path\nA,a.png\nB", "line 3: 2 columns are expected, 1 found")]
    [InlineData("id,img_path\nA,a.png,1", "line 2: 2 columns are expected, 3 found")]
    [InlineData("id,img_path\n,a.png", "line 2: the id is missing")]
    [InlineData("id,label\n\"A\n1\",1\nB,1\nB,1", "line 5: the id 'B' was there before")]
    [InlineData("id,label\nA,good", "line 2: the label 'good' is not a whole number")]
    [InlineData("id,label\nA,", "line 2: the label")]
    [InlineData("id,label\n\nA,\"1\n0\n", "line 3: a quotation mark is opened and never closed")]
    [InlineData("id,label\nA,\"1\"0\n", "line 2: a comma or the end of the line")]
    [InlineData("id,img_path\nA,", "line 2: the image path is missing")]
    [InlineData("id,img_path\nA,./x/..", "names a folder")]
    [InlineData("id,img_path\nA,../a.png", "leads out")]
    [InlineData("id,img_path\nA,x\\..\\..\\a.png", "leads out")]
    [InlineData("id,img_path\nA,x/../../a/../a.png", "leads out")]
    [InlineData("id,img_path\nA,/etc/a.png", "leads out")]
    [InlineData("id,img_path\nA,C:\\a.png", "leads out")]
    [InlineData("id,img_path\nA,\\\\server\\a.png", "leads out")]
    public void A_bad_file_is_refused_with_the_line_and_the_reason(string text, string reason)
    {
        string message = Assert.Throws<SemiDefectException>(() => Read(text)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("list.csv", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_elsewhere_are_taken_when_they_are_allowed()
    {
        Directory.CreateDirectory(_folder.File("lists"));
        File.WriteAllText(_folder.File("lists/list.csv"), $"id,img_path\nA,../images/a.png\nB,\"{_folder.File("b.png")}\"");
        IReadOnlyList<DaconItem> items = DaconCsv.Read(_folder.File("lists/list.csv"), allowOutside: true);
        Assert.Equal([Path.Combine(_folder.Path, "images", "a.png"), _folder.File("b.png")], items.Select(item => item.FullPath!));
        Assert.Equal(items[0].FullPath!.Replace('\\', '/'), items[0].RelativePath);
    }

    [Fact]
    public void Text_in_another_encoding_and_missing_files_are_refused()
    {
        File.WriteAllBytes(_folder.File("list.csv"), [.. "id,img_path\nA,"u8, 0xBE, 0xE7, 0xC7, 0xB0]);
        Assert.Contains("UTF-8", Assert.Throws<SemiDefectException>(() => DaconCsv.Read(_folder.File("list.csv"))).Message, StringComparison.Ordinal);
        Assert.Throws<SemiDefectException>(() => DaconCsv.Read(_folder.File("missing.csv")));
        Assert.Throws<SemiDefectException>(() => DaconCsv.Read(_folder.Path));
    }

    [Fact]
    public void Whatever_is_quoted_comes_back() =>
        Gen.Char["a,\"\n\r é양;"].Array[0, 6].Select(characters => new string(characters)).Array[2].Array[1, 5].Sample(rows =>
        {
            var text = new StringBuilder();
            foreach (string[] row in rows)
            {
                text.AppendJoin(',', row.Select(field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
            }

            Assert.Equal(rows, CsvReader.Parse(text.ToString(), "text").Select(row => row.Fields.ToArray()));
        });

    private IReadOnlyList<DaconItem> Read(string text)
    {
        string path = _folder.File("list.csv");
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return DaconCsv.Read(path);
    }
}
