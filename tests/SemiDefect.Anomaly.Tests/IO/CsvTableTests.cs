using CsCheck;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.IO;

public class CsvTableTests
{
    [Fact]
    public void What_is_quoted_comes_back()
    {
        Gen<string> field = Gen.Char["ab,\"\n\r ;'\té양"].Array[0, 6].Select(chars => new string(chars));
        Gen.Select(field, field).Array[1, 8].Sample(rows =>
        {
            string text = "first,second\r\n" + string.Concat(rows.Select(row => $"{CsvTable.Quote(row.Item1)},{CsvTable.Quote(row.Item2)}\r\n"));
            CsvTable table = CsvTable.Parse("t.csv", text);
            Assert.Equal(rows.Select(row => (row.Item1, row.Item2)), table.Rows.Select(row => (row[0], row[1])));
        });
    }

    [Fact]
    public void Columns_are_found_by_name_in_any_case()
    {
        CsvTable table = CsvTable.Parse("t.csv", "ID, Label\n1,2\n\n3,4");
        Assert.Equal(1, table.Require("label"));
        Assert.Null(table.Find("mask"));
        Assert.Equal(2, table.Rows.Count);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,a\n1,2", "two columns")]
    [InlineData("a,b\n1,2,3", "line 2")]
    [InlineData("\n\n", "empty")]
    [InlineData("a,b\n1,2\n3,\"4", "line 3: a quotation mark is opened and never closed")]
    [InlineData("a,b\n\nA,\"1\n0\n", "line 3: a quotation mark is opened and never closed")]
    [InlineData("a,b\nA,\"1\"0\n", "line 2: a comma or the end of the line")]
    [InlineData("a,b\n\"A\n1\",1\nB,1\nB", "line 5: 1 fields, but the header has 2")]
    [InlineData("a,b\nA,1\n\r\nB,1,2", "line 4: 3 fields, but the header has 2")]
    public void A_broken_table_is_refused_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<SemiDefectException>(() => CsvTable.Parse("t.csv", text)).Message);

    [Fact]
    public void A_file_may_have_a_mark_of_its_encoding_and_must_be_UTF_8()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("t.csv"), "\uFEFFnote, Label \n\n\"two\nlines\",양품\n");
        CsvTable table = CsvTable.Read(folder.File("t.csv"));
        Assert.Equal(["note", "Label"], table.Header);
        Assert.Equal(["two\nlines", "양품"], Assert.Single(table.Rows));
        File.WriteAllBytes(folder.File("t.csv"), [.. "id,img_path\nA,"u8, 0xBE, 0xE7, 0xC7, 0xB0]);
        Assert.Contains("UTF-8", Assert.Throws<SemiDefectException>(() => CsvTable.Read(folder.File("t.csv"))).Message);
        Assert.Throws<SemiDefectException>(() => CsvTable.Read(folder.File("missing.csv")));
        Assert.Throws<SemiDefectException>(() => CsvTable.Read(folder.Path));
    }
}
