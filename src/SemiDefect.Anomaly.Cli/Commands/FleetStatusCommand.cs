using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Fleet;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fleet status</c>: shows workers, models and queues.</summary>
internal static class FleetStatusCommand
{
    private const int Letters = 10;

    public static Command Create()
    {
        var fleet = new FleetOptionSet();
        var prometheus = new Option<bool>("--prometheus")
        {
            Description = "Print the state as metrics in the text format of Prometheus.",
        };
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("status", "Show the workers, models and queues of the fleet.") { prometheus, json };
        fleet.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            FleetStatus status = await FleetStatus
                .ReadAsync(fleet.Read(parsed), Letters, cancellationToken)
                .ConfigureAwait(false);
            if (parsed.GetValue(prometheus))
            {
                output.Write(status.ToPrometheus());
            }
            else if (parsed.GetValue(json))
            {
                output.WriteLine(
                    JsonSerializer.Serialize(new FleetStatusJson(1, status), CliJson.Default.FleetStatusJson));
            }
            else
            {
                Write(output, status);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(TextWriter output, FleetStatus status)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Images      {status.Waiting} waiting, {status.Taken} taken, {status.Redelivered} of them again, oldest "
                + $"{status.OldestSeconds:0} s"));
        output.WriteLine($"Views       {status.ViewsWaiting} waiting");
        foreach (FleetModel model in status.Models)
        {
            output.WriteLine($"Model       {Text.Printable(model.Name)}  {model.Fingerprint}");
        }

        foreach (WorkerState worker in status.Workers)
        {
            output.WriteLine(
                $"Worker      {Text.Printable(worker.Name)}  {Text.Printable(worker.System)}, {worker.Threads} at "
                    + $"once: {worker.Inspected} images, {worker.Encoded} views, {worker.Failed} given up");
        }

        foreach (WorkerState worker in status.ShutOut)
        {
            output.WriteLine($"Shut out    {Text.Printable(worker.Name)}: {Text.Printable(worker.ShutOut ?? "")}");
        }

        if (status.Workers.Count == 0)
        {
            output.WriteLine("Worker      none is running");
        }

        output.WriteLine($"Given up    {status.Dead}");
        foreach (DeadLetter letter in status.LatestDead)
        {
            output.WriteLine(
                $"            {Text.Printable(letter.Name)}: {Text.Printable(letter.Reason)} "
                    + $"({Text.Printable(letter.Worker)})");
        }
    }
}
