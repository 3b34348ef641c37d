using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Documentation;

public class ReadmeTests
{
    [Fact]
    public void The_example_in_the_README_is_the_one_compiled_here()
    {
        string source = File.ReadAllText(
            Path.Combine(Repository.Root, "tests/SemiDefect.Anomaly.Tests/Documentation/ReadmeExample.cs"));
        string example = source.Split("// <example>\n")[1].Split("// </example>")[0].Trim();
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Contains($"```csharp\n{example}\n```", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_runs()
    {
        using var folder = new TemporaryFolder();
        MyLine.Example.Run(
            SyntheticParts.WriteGood(folder.File("good"), 5),
            SyntheticParts.WriteBad(folder.File("bad.png")),
            folder.File("d.sdad"));
        Assert.True(new FileInfo(folder.File("d.sdad")).Length > 0);
    }

    [Fact]
    public void Every_file_that_the_README_links_to_exists()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string[] links =
        [
            .. System.Text.RegularExpressions.Regex.Matches(readme, @"\]\((?!https?:)([^)#]+)\)")
                .Select(match => match.Groups[1].Value)
        ];
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Repository.Root, link)), link));
    }
}
