using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Health, readiness and metrics.</summary>
internal static class OperationsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder operations = routes.MapGroup(string.Empty).WithTags("operations");
        operations.MapGet("/health/live", () => new HealthJson("live"))
            .WithName("live")
            .WithSummary("The process is running.");
        operations.MapGet("/health/ready", Ready)
            .WithName("ready")
            .WithSummary("The database can be read, and the server is not stopping.")
            .Produces<HealthJson>()
            .ProducesProblem(503);

        operations.MapGet("/api/v1/caller", (Caller caller, KeyRing keys) =>
                new CallerJson(caller.Name, AccessKey.RoleName(caller.Role), keys.IsRequired))
            .WithName("get-caller")
            .WithSummary("The name and the role of the key that the request carries: view, operate or engineer.")
            .Produces<CallerJson>();

        // Not the exporter's own endpoint: it accepts all methods and is missing from the OpenAPI document.
        RequestDelegate scrape = routes.CreateApplicationBuilder()
            .UseOpenTelemetryPrometheusScrapingEndpoint(_ => true)
            .Build();
        operations.MapGet("/metrics", (Delegate)((HttpContext context) => scrape(context)))
            .WithName("metrics")
            .WithSummary("Metrics for Prometheus.")
            .Produces(200, contentType: "text/plain");
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
}
