using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace SemiDefect.Anomaly.Server.Telemetry;

/// <summary>Collects the meter of one server for the endpoint /metrics. Nothing is sent anywhere.</summary>
internal static class PrometheusExport
{
    public static void Add(IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(InspectionServer.MeterName)
            .AddPrometheusExporter(exporter =>
            {
                // Every scrape sees the present state, and the labels are only those of the instruments.
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
            }));

        // A listener hears all meters of that name in the process; another server's are none of ours.
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            IMeterFactory own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument =>
                ReferenceEquals(instrument.Meter.Scope, own) ? null : MetricStreamConfiguration.Drop);
        });
    }
}
