using System.Diagnostics.Metrics;

namespace SemiDefect.Anomaly.Server.Telemetry;

/// <summary>
/// The instruments of the meter <see cref="InspectionServer.MeterName"/>. The comments name them as Prometheus shows
/// them. Thread-safe.
/// </summary>
internal sealed class ServerMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _inspections;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _latency;
    private readonly Histogram<int> _batches;

    public ServerMetrics(IMeterFactory meters)
    {
        // The factory owns the meter.
        _meter = meters.Create(InspectionServer.MeterName);

        // semidefect_inspections_total
        _inspections = _meter.CreateCounter<long>("semidefect.inspections", "{image}", "Images inspected and stored.");

        // semidefect_refused_total
        _refused = _meter.CreateCounter<long>(
            "semidefect.refused",
            "{request}",
            "Requests refused, by kind of problem.");

        // semidefect_inspect_seconds
        _latency = _meter.CreateHistogram(
            "semidefect.inspect",
            "s",
            "From an image that has arrived to its result.",
            tags: null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            });

        // semidefect_batch_images
        _batches = _meter.CreateHistogram(
            "semidefect.batch.images",
            "{image}",
            "Images inspected together.",
            tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
    }

    /// <summary>Adds the gauges, which are read when somebody collects them.</summary>
    /// <param name="queuedImages">Images accepted but not yet answered.</param>
    /// <param name="queueCapacity">The limit on them.</param>
    /// <param name="loadedModels">Detectors in memory.</param>
    public void ObserveState(Func<int> queuedImages, int queueCapacity, Func<int> loadedModels)
    {
        // semidefect_queue_images, semidefect_queue_capacity, semidefect_models_loaded, process_resident_memory_bytes
        _meter.CreateObservableGauge(
            "semidefect.queue.images",
            queuedImages,
            "{image}",
            "Images accepted but not yet answered.");
        _meter.CreateObservableGauge(
            "semidefect.queue.capacity",
            () => queueCapacity,
            "{image}",
            "The most images accepted but not yet answered.");
        _meter.CreateObservableGauge("semidefect.models.loaded", loadedModels, "{model}", "Detectors in memory.");
        _meter.CreateObservableGauge(
            "process.resident_memory",
            () => Environment.WorkingSet,
            "By",
            "Memory of the process.");
    }

    /// <summary>Adds the gauge of the drift of each model, which is read when somebody collects it.</summary>
    public void ObserveDrift(Func<IEnumerable<Measurement<double>>> drift) => _meter.CreateObservableGauge(
        "semidefect.drift",
        drift,
        "{sigma}",
        "How far the scores of the latest good parts have moved, in standard deviations of a rank test.");

    /// <summary>An image was inspected and stored.</summary>
    public void Inspected(string model, Decision decision, TimeSpan latency)
    {
        _inspections.Add(1, new("model", model), new("decision", DecisionRule.NameOf(decision)));
        _latency.Record(latency.TotalSeconds);
    }

    /// <summary>A request was refused, or its client left.</summary>
    public void Refused(string kind) => _refused.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>A batch was handed to the detector.</summary>
    public void BatchStarted(int images) => _batches.Record(images);
}
