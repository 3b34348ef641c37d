using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SemiDefect.Anomaly.Cli.Commands;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Runs the command line: parses the arguments, writes text, and returns an exit code.</summary>
internal static class CommandLine
{
    private const string OutOfMemory =
        "out of memory: use fewer or smaller images, a smaller --resize, or a machine with more memory.";

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken = default)
    {
        // Use the invariant culture for parsing, formatting and messages, also on threads started from here. Use '\n'
        // on every system, so that output can be compared byte for byte.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        output.NewLine = "\n";
        error.NewLine = "\n";
        if (EmptyArguments.Find(args) is { } empty)
        {
            error.WriteLine($"semidefect: {empty}");
            return ExitCode.BadUsage;
        }

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

        // Program handles signals and Report handles exceptions, so the library's handlers are disabled.
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
        var root = new RootCommand("Detects and localizes anomalies in images. Trains on images of good parts only.");
        root.Options.Add(GlobalOptions.Verbose);
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(FitCommand.Create());
        root.Subcommands.Add(SelectCommand.Create());
        root.Subcommands.Add(ScoreCommand.Create());
        root.Subcommands.Add(EvaluateCommand.Create());
        root.Subcommands.Add(TeachCommand.Create());
        root.Subcommands.Add(WafersCommand.Create());
        root.Subcommands.Add(ThresholdCommand.Create());
        root.Subcommands.Add(UpdateCommand.Create());
        root.Subcommands.Add(MergeCommand.Create());
        root.Subcommands.Add(CheckCommand.Create());
        root.Subcommands.Add(RehearseCommand.Create());
        root.Subcommands.Add(InfoCommand.Create());
        root.Subcommands.Add(FingerprintCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(BackbonesCommand.Create());
        root.Subcommands.Add(BackboneCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(HealthCommand.Create());
        root.Subcommands.Add(FleetCommand.Create());
        root.Subcommands.Add(WatchCommand.Create());
        root.Subcommands.Add(SampleCommand.Create());
        root.Subcommands.Add(FeaturesCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        return root;
    }

    private static int Report(Exception exception, bool verbose, TextWriter error)
    {
        // Parallel work wraps its exceptions; report the first one.
        Exception cause = exception is AggregateException several ? several.Flatten().InnerExceptions[0] : exception;
        (int code, string message) = cause switch
        {
            OperationCanceledException => (ExitCode.Canceled, "canceled; no incomplete files remain."),
            UsageException => (ExitCode.BadUsage, cause.Message),
            SemiDefectException => (ExitCode.Failed, cause.Message),
            OutOfMemoryException => (ExitCode.Failed, OutOfMemory),
            _ => (ExitCode.Failed, $"{cause.Message} (This is a bug in the program; --verbose shows the stack trace.)"),
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
