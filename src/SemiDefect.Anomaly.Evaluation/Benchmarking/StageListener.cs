using System.Diagnostics;

namespace SemiDefect.Anomaly.Evaluation.Benchmarking;

/// <summary>
/// Sums the duration of each inspection stage, from the activities that the engine starts while it has a listener.
/// Inspect only one image at a time in the meantime. Thread-safe. The owner disposes it, which stops listening.
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

    /// <summary>Stops listening, and returns the seconds of each stage.</summary>
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
