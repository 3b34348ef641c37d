using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SemiDefect.Anomaly.Cli.Commands;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The command line as a function: arguments in, text and an exit code out.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        // Numbers are read and written, and messages worded, the same in every country; for the threads that are
        // started from here on as well. And '\n' on every system: what is printed can be compared byte for byte.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        output.NewLine = "\n";
        error.NewLine = "\n";
        ParseResult parsed = CreateRoot().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError parseError in parsed.Errors)
            {
                error.WriteLine($"semidefect: {parseError.Message}");
            }

            error.WriteLine($"Try '{CommandPath(parsed.CommandResult)} --help'.");
            return ExitCode.BadUsage;
        }

        // Our own handlers turn errors into one line and signals into a cancellation that is waited for.
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return Report(exception, parsed.GetValue(GlobalOptions.Verbose), error);
        }
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Learns what good parts look like from images of good parts alone, tells good from bad, and shows where.");
        root.Options.Add(GlobalOptions.Verbose);
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(FitCommand.Create());
        root.Subcommands.Add(ScoreCommand.Create());
        root.Subcommands.Add(EvaluateCommand.Create());
        root.Subcommands.Add(ThresholdCommand.Create());
        root.Subcommands.Add(UpdateCommand.Create());
        root.Subcommands.Add(MergeCommand.Create());
        root.Subcommands.Add(CheckCommand.Create());
        root.Subcommands.Add(RehearseCommand.Create());
        root.Subcommands.Add(InfoCommand.Create());
        root.Subcommands.Add(FingerprintCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(BackbonesCommand.Create());
        root.Subcommands.Add(BackboneCommand.Create());
        root.Subcommands.Add(SampleCommand.Create());
        root.Subcommands.Add(FeaturesCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        return root;
    }

    private static int Report(Exception exception, bool verbose, TextWriter error)
    {
        // Work on several threads wraps its errors; the first one tells.
        Exception cause = exception is AggregateException several ? several.Flatten().InnerExceptions[0] : exception;
        (int code, string message) = cause switch
        {
            OperationCanceledException => (ExitCode.Cancelled, "cancelled; nothing was left half-written."),
            UsageException => (ExitCode.BadUsage, cause.Message),
            SemiDefectException => (ExitCode.Failed, cause.Message),
            OutOfMemoryException => (ExitCode.Failed, "the memory is too small: use fewer or smaller images, a smaller --resize, or a machine with more."),
            _ => (ExitCode.Failed, $"{cause.Message} (This is a fault of the program; --verbose shows where.)"),
        };
        error.WriteLine($"semidefect: {message.ReplaceLineEndings(" ")}");
        if (verbose)
        {
            error.WriteLine(exception.ToString());
        }

        return code;
    }

    private static string CommandPath(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{CommandPath(parent)} {command.Command.Name}" : "semidefect";
}
