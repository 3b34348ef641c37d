using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SemiDefect.Anomaly;

/// <summary>
/// Telemetry of the engine: activities for the stages of the work, and metrics of inspections. Free of cost without a
/// listener. Thread-safe.
/// </summary>
public static class EngineTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "SemiDefect.Anomaly";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Inspections =
        Meter.CreateCounter<long>("semidefect.inspections", "{image}", "Images inspected, by decision.");

    /// <summary>The name of a stage's activity: "inspect." and the stage in lower case.</summary>
    public static string ActivityName(InspectionStage stage) => stage switch
    {
        InspectionStage.Decoding => "inspect.decoding",
        InspectionStage.Preprocessing => "inspect.preprocessing",
        InspectionStage.Network => "inspect.network",
        InspectionStage.Patches => "inspect.patches",
        InspectionStage.Search => "inspect.search",
        InspectionStage.Map => "inspect.map",
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    internal static Activity? Start(InspectionStage stage) =>
        Activities.HasListeners() ? Activities.StartActivity(ActivityName(stage)) : null;

    internal static void Inspected(Decision decision)
    {
        if (Inspections.Enabled)
        {
            Inspections.Add(1, new KeyValuePair<string, object?>("decision", DecisionRule.NameOf(decision)));
        }
    }
}
