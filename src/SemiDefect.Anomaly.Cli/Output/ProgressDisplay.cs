using Spectre.Console;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// Shows progress and the remaining time on standard error if it is a terminal. Not thread-safe.
/// </summary>
internal sealed class ProgressDisplay
{
    private readonly ProgressContext? _context;
    private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);

    private ProgressDisplay(ProgressContext? context) => _context = context;

    /// <summary>Runs <paramref name="work"/> with a progress display.</summary>
    public static T Run<T>(Func<ProgressDisplay, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(new ProgressDisplay(null));
        }

        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new ProgressDisplay(context)));
    }

    /// <summary>Reports the progress of a stage. A stage is shown from its first report on.</summary>
    public void Report(string stage, int done, int total)
    {
        if (_context is null)
        {
            return;
        }

        if (!_tasks.TryGetValue(stage, out ProgressTask? task))
        {
            _tasks[stage] = task = _context.AddTask(stage, autoStart: true, maxValue: total);
        }

        task.MaxValue = total;
        task.Value = done;
    }
}
