using CsCheck;
using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public class CsvTableTests
{
    [Fact]
    public void What_is_quoted_comes_back()
    {
        Gen<string> field = Gen.Char["ab,\"\n\r ;'"].Array[0, 6].Select(chars => new string(chars));
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
    [InlineData("a,b\n1,2\n3,\"4", "line 3")]
    public void A_broken_table_is_refused_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<SemiDefectException>(() => CsvTable.Parse("t.csv", text)).Message);
}
