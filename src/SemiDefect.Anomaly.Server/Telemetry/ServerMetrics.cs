using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SemiDefect.Anomaly.Server.Telemetry;

/// <summary>What the server counts, and its page for Prometheus (text format 0.0.4). Thread-safe.</summary>
internal sealed class ServerMetrics
{
    private const double Weight = 0.05;

    private readonly ConcurrentDictionary<(string Model, bool IsAbnormal), long> _inspections = [];
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly Histogram _latency = new(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);
    private readonly Histogram _batches = new(1, 2, 4, 8, 16, 32, 64);
    private readonly Lock _lock = new();
    private long _lastDone;
    private double _secondsPerImage = 0.1;

    /// <summary>The time between two finished images under load, smoothed.</summary>
    public double SecondsPerImage
    {
        get
        {
            lock (_lock)
            {
                return _secondsPerImage;
            }
        }
    }

    /// <summary>An image was inspected and stored.</summary>
    public void Inspected(string model, bool isAbnormal, TimeSpan latency)
    {
        _inspections.AddOrUpdate((model, isAbnormal), 1, (_, count) => count + 1);
        _latency.Observe(latency.TotalSeconds);
        lock (_lock)
        {
            // Idle time is no work: an image never took longer than its own latency.
            long now = Stopwatch.GetTimestamp();
            double seconds = _lastDone == 0 ? latency.TotalSeconds : Math.Min(latency.TotalSeconds, Stopwatch.GetElapsedTime(_lastDone, now).TotalSeconds);
            _secondsPerImage += Weight * (seconds - _secondsPerImage);
            _lastDone = now;
        }
    }

    public void Refused(string kind) => _refused.AddOrUpdate(kind, 1, (_, count) => count + 1);

    public void BatchStarted(int images) => _batches.Observe(images);

    public string ToText(int waiting, int capacity, int loadedModels)
    {
        var text = new StringBuilder();
        Header(text, "semidefect_inspections_total", "counter", "Images inspected and stored.");
        foreach (((string model, bool isAbnormal), long count) in _inspections.OrderBy(pair => pair.Key.Model, StringComparer.Ordinal).ThenBy(pair => pair.Key.IsAbnormal))
        {
            text.Append(CultureInfo.InvariantCulture, $"semidefect_inspections_total{{model=\"{model}\",decision=\"{(isAbnormal ? "abnormal" : "normal")}\"}} {count}\n");
        }

        Header(text, "semidefect_refused_total", "counter", "Requests refused, by kind of problem.");
        foreach ((string kind, long count) in _refused.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"semidefect_refused_total{{kind=\"{kind}\"}} {count}\n");
        }

        Header(text, "semidefect_inspect_seconds", "histogram", "From an image that is here to its result.");
        _latency.Write(text, "semidefect_inspect_seconds");
        Header(text, "semidefect_batch_images", "histogram", "Images inspected together.");
        _batches.Write(text, "semidefect_batch_images");
        Gauge(text, "semidefect_queue_images", "Images accepted and not answered.", waiting);
        Gauge(text, "semidefect_queue_capacity", "The most images accepted and not answered.", capacity);
        Gauge(text, "semidefect_models_loaded", "Detectors that are ready.", loadedModels);
        Gauge(text, "process_resident_memory_bytes", "Memory of the process.", Environment.WorkingSet);
        return text.ToString();
    }

    private static void Gauge(StringBuilder text, string name, string help, long value)
    {
        Header(text, name, "gauge", help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Header(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
}
