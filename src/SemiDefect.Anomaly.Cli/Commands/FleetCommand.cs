using System.CommandLine;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fleet</c>: spreads inspections and fits over several machines.</summary>
internal static class FleetCommand
{
    public static Command Create() => new("fleet", "Inspect and fit on several machines, connected by NATS JetStream.")
    {
        FleetWorkerCommand.Create(),
        FleetPublishCommand.Create(),
        FleetScoreCommand.Create(),
        FleetFitCommand.Create(),
        FleetStatusCommand.Create(),
    };
}
