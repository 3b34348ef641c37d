namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>The result of one command-line call.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static async Task<CliRun> Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(args, output, error);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The single line of an error message.</summary>
    public string ErrorLine
    {
        get
        {
            Assert.EndsWith("\n", Error, StringComparison.Ordinal);
            return Assert.Single(Error.TrimEnd('\n').Split('\n'));
        }
    }
}
