using System.Diagnostics;

namespace SemiDefect.Anomaly.Evaluation.Benchmarking;

/// <summary>
/// Adds up what each stage of inspections takes, from the activities that the engine starts while somebody listens.
/// Inspect one image at a time meanwhile. Thread-safe.
/// </summary>
internal sealed class StageListener : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly Lock _adding = new();
    private readonly Dictionary<string, TimeSpan> _totals = new(StringComparer.Ordinal);

    public StageListener()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EngineTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Listens no longer, and tells the seconds of each stage.</summary>
    public IReadOnlyDictionary<InspectionStage, double> Stop()
    {
        _listener.Dispose();
        lock (_adding)
        {
            return Enum.GetValues<InspectionStage>().ToDictionary(
                stage => stage, stage => _totals.GetValueOrDefault(EngineTelemetry.ActivityName(stage)).TotalSeconds);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Activity activity)
    {
        lock (_adding)
        {
            _totals[activity.OperationName] = _totals.GetValueOrDefault(activity.OperationName) + activity.Duration;
        }
    }
}
