using System.Text;
using CsCheck;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public class CsvTableTests
{
    [Fact]
    public void What_is_quoted_comes_back()
    {
        Gen<string> field = Gen.Char["ab,\"\n\r ;'\té양"].Array[0, 6].Select(chars => new string(chars));
        Gen.Select(field, field).Array[1, 8].Sample(rows =>
        {
            foreach (char separator in ",;\t")
            {
                string[][] lines = [["first", "second"], .. rows.Select(row => new[] { row.Item1, row.Item2 })];
                string text = CsvTable.Format(separator, lines);
                CsvTable table = CsvTable.Parse("t.csv", text);
                Assert.Equal(separator, table.Separator);
                Assert.Equal(rows.Select(row => (row.Item1, row.Item2)), table.Rows.Select(row => (row[0], row[1])));
            }
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
    [InlineData("path;label\na,b.png;1\n", ';', "a,b.png|1")]
    [InlineData("path\tlabel;x\tmask\na;b.png\t1\t\n", '\t', "a;b.png|1|")]
    [InlineData("\n\"path,x\";label\n\"a;b\";1\n", ';', "a;b|1")]
    [InlineData("path,a;b;c\nx;y,1\n", ',', "x;y|1")]
    [InlineData("path\na;b.png\n", ',', "a;b.png")]
    [InlineData("path,label\ra.png,1\r", ',', "a.png|1")]
    [InlineData("path,label\r\n\r\na.png,1\r\n", ',', "a.png|1")]
    [InlineData("path,label\n\"a\r\nb\",1", ',', "a\r\nb|1")]
    [InlineData("path,label\n5\"wafer\".png,1\n", ',', "5\"wafer\".png|1")]
    [InlineData("path,label\n\"\",\n", ',', "|")]
    [InlineData("sep=;\r\npath;label\r\na,b.png;1\r\n", ';', "a,b.png|1")]
    [InlineData("\"sep=\t\"\npath\tlabel\na,b.png\t1\n", '\t', "a,b.png|1")]
    [InlineData("SEP=,\npath,label\na;b.png,1\n", ',', "a;b.png|1")]
    public void Separators_line_ends_and_quotation_marks_are_understood(string text, char separator, string expected)
    {
        CsvTable table = CsvTable.Parse("t.csv", text);
        Assert.Equal(separator, table.Separator);
        Assert.Equal(expected, string.Join('|', Assert.Single(table.Rows)));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_row_that_never_ends_is_refused()
    {
        string text = $"a,b\n1,\"{new string('x', 17 << 20)}";
        SemiDefectException error = Assert.Throws<SemiDefectException>(() => CsvTable.Parse("t.csv", text));
        Assert.Contains("line 2: the row is too long", error.Message);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void What_is_read_does_not_depend_on_the_instruction_sets()
    {
        byte[] expected = ReadMany();
        foreach (string setting in IntrinsicsRunner.Settings)
        {
            Assert.Equal(expected, IntrinsicsRunner.Run(ReadMany, setting));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,a\n1,2", "two columns")]
    [InlineData("a,b\n1,2,3", "line 2")]
    [InlineData("\n\n", "empty")]
    [InlineData("a,b\n1,2\n3,\"4", "line 3: a quotation mark is not closed")]
    [InlineData("a,b\n\nA,\"1\n0\n", "line 3: a quotation mark is not closed")]
    [InlineData("a,b\nA,\"1\"0\n", "line 2: a comma or the end of the line")]
    [InlineData("a;b\nA;\"1\n2\"0\n", "line 3: a semicolon or the end of the line")]
    [InlineData("a,b\n5\" x.png,0\n6\" y.png,1\n", "line 2: a field that contains a quotation mark must be quoted")]
    [InlineData("a,b\n\"A\n1\",1\nB,1\nB", "line 5: 1 fields, but the header has 2")]
    [InlineData("a,b\nA,1\n\r\nB,1,2", "line 4: 3 fields, but the header has 2")]
    public void A_malformed_table_is_rejected_with_its_line(string text, string expected) =>
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

    /// <summary>What became of rows long and short, quoted and not, or the words of the refusal.</summary>
    private static byte[] ReadMany()
    {
        var generator = new SeededGenerator(5);
        var result = new StringBuilder();
        for (int i = 0; i < 400; i++)
        {
            var text = new StringBuilder("a,b\n");
            int length = generator.NextInt32(i % 4 == 0 ? 400 : 40);
            for (int at = 0; at < length; at++)
            {
                text.Append("xy양,,\"\"\n\r"[generator.NextInt32(9)]);
            }

            try
            {
                foreach (CsvRow row in CsvReader.Parse(text.ToString(), ',', "t.csv"))
                {
                    result.Append(row.Line).Append(':').AppendJoin('|', row.Fields).Append('\n');
                }
            }
            catch (SemiDefectException error)
            {
                result.Append(error.Message).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(result.ToString());
    }
}
