using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Health, readiness and metrics.</summary>
internal static class OperationsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => new HealthJson("live")).WithTags("operations").WithName("live").WithSummary("The process answers.");
        routes.MapGet("/health/ready", Ready).WithTags("operations").WithName("ready").WithSummary("The database can be read, and the server does not stop.").Produces<HealthJson>().ProducesProblem(503);
        routes.MapGet("/metrics", Metrics).WithTags("operations").WithName("metrics").WithSummary("Metrics for Prometheus.").Produces(200, contentType: "text/plain");
    }

    private static HealthJson Ready(IHostApplicationLifetime lifetime, Database database)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new ProblemException(503, "stopping", "The server stops.", 5);
        }

        try
        {
            database.Read(connection => Database.Number(connection, "SELECT count(*) FROM jobs"));
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            throw new ProblemException(503, "database", $"The database cannot be read: {error.Message}", 5);
        }

        return new HealthJson("ready");
    }

    private static ContentHttpResult Metrics(ServerMetrics metrics, Admission admission, ServerOptions options, ModelRegistry registry) => TypedResults.Text(
        metrics.ToText(admission.Images, options.QueueCapacity, registry.Names().Count(name => registry.State(name).IsLoaded)),
        "text/plain; version=0.0.4; charset=utf-8");
}
