using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>POST /api/v1/models/{model}/update: a candidate that has learned the false alarms.</summary>
internal static class UpdateEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/models/{model}/update", UpdateAsync)
        .WithTags("training")
        .WithName("update")
        .WithSummary("Makes a candidate of the active version and the images marked as false alarms, as a job.")
        .WithDescription(
            "The active version stays active. The job says which version it has made: look at it, then activate it. "
                + "inspections chooses the false alarms to learn; without it, all are learned.")
        .Produces<JobJson>(202)
        .ProducesProblem(404)
        .ProducesProblem(409)
        .ProducesProblem(422);

    private static async Task<Accepted<JobJson>> UpdateAsync(
        HttpContext context,
        Caller caller,
        ModelJobs jobs,
        string model)
    {
        UpdateRequest? request = await OptionalBody.ReadAsync(context, ServerJson.Types.UpdateRequest)
            .ConfigureAwait(false);
        JobJson job = await jobs.UpdateAsync(model, request ?? new UpdateRequest(), caller.Name).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }
}
