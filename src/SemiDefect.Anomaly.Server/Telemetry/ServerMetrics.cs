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
    private readonly Counter<long> _verdicts;
    private readonly Counter<long> _jobsEnded;
    private readonly Histogram<double> _scores;
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

        // semidefect_verdicts_total
        _verdicts = _meter.CreateCounter<long>("semidefect.verdicts", "{verdict}", "Verdicts given.");

        // semidefect_jobs_ended_total
        _jobsEnded = _meter.CreateCounter<long>("semidefect.jobs.ended", "{job}", "Jobs that have ended.");

        // semidefect_score_thresholds
        _scores = _meter.CreateHistogram(
            "semidefect.score.thresholds",
            "{threshold}",
            "Scores in multiples of the threshold: above 1, an image is abnormal.",
            tags: null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5],
            });

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

    /// <summary>Adds the gauge of jobs by state, which is read when somebody collects it.</summary>
    public void ObserveJobs(Func<IEnumerable<Measurement<int>>> jobs) =>
        _meter.CreateObservableGauge("semidefect.jobs", jobs, "{job}", "Jobs that wait or run.");

    /// <summary>An image was inspected and stored.</summary>
    /// <param name="model">The model.</param>
    /// <param name="decision">What it says.</param>
    /// <param name="score">The score.</param>
    /// <param name="threshold">The image threshold.</param>
    /// <param name="latency">From an image that has arrived to its result.</param>
    public void Inspected(string model, Decision decision, double score, double threshold, TimeSpan latency)
    {
        _inspections.Add(1, new("model", model), new("decision", DecisionRule.NameOf(decision)));
        _latency.Record(latency.TotalSeconds);
        if (threshold > 0)
        {
            _scores.Record(score / threshold, new KeyValuePair<string, object?>("model", model));
        }
    }

    /// <summary>A verdict was given.</summary>
    public void Judged(string model, string verdict) =>
        _verdicts.Add(1, new("model", model), new("verdict", verdict));

    /// <summary>A job has ended.</summary>
    public void JobEnded(string kind, string state) => _jobsEnded.Add(1, new("kind", kind), new("state", state));

    /// <summary>A request was refused, or its client left.</summary>
    public void Refused(string kind) => _refused.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>A batch was handed to the detector.</summary>
    public void BatchStarted(int images) => _batches.Record(images);
}
