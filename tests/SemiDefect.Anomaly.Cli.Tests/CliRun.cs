namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>What one call of the command line gave.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static async Task<CliRun> Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(args, output, error);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The one line of an error.</summary>
    public string ErrorLine
    {
        get
        {
            Assert.EndsWith("\n", Error, StringComparison.Ordinal);
            return Assert.Single(Error.TrimEnd('\n').Split('\n'));
        }
    }
}
