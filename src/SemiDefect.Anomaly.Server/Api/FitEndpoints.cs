using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Training images, and fitting a model to them.</summary>
internal static class FitEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/fit-choices", Choices)
            .WithTags("training")
            .WithName("get-fit-choices")
            .WithSummary("The presets and backbones that a fit accepts.")
            .Produces<FitChoicesJson>();
        RouteGroupBuilder model = api.MapGroup("/models/{model}").WithTags("training");
        model.MapGet("/training", List)
            .WithName("list-training")
            .WithSummary("The training images of a model, which may not exist yet.")
            .Produces<TrainingListJson>();
        model.MapPut("/training/{image}", PutAsync)
            .WithName("put-training-image")
            .WithSummary("Adds a good image: the body is the image.")
            .Produces(204)
            .ProducesProblem(413)
            .ProducesProblem(422);
        model.MapDelete("/training/{image}", DeleteAsync)
            .WithName("delete-training-image")
            .WithSummary("Deletes a training image; this can be undone for a day.")
            .Produces(204)
            .ProducesProblem(404)
            .ProducesProblem(409);
        model.MapDelete("/training", DeleteAllAsync)
            .WithName("delete-training")
            .WithSummary("Removes all training images; this can be undone for a day.")
            .Produces(204)
            .ProducesProblem(409);
        model.MapPost("/training/restore", RestoreAsync)
            .WithName("restore-training")
            .WithSummary("Brings back the training images that were removed within the last day.")
            .Produces<TrainingListJson>()
            .ProducesProblem(404)
            .ProducesProblem(409);
        model.MapPost("/fit", FitAsync)
            .WithName("fit")
            .WithSummary("Fits a version of the model from its training images, as a job.")
            .WithDescription(
                "The first version of a model becomes active. A further one is a candidate, unless activate = true and "
                    + "it loses no known defect.")
            .Produces<JobJson>(202)
            .ProducesProblem(409)
            .ProducesProblem(422)
            .ProducesProblem(429);
    }

    private static FitChoicesJson Choices() => new(FitPresets.Names, BackboneFile.Names, BackboneFile.DefaultName);

    private static TrainingListJson List(TrainingStore training, string model)
    {
        IReadOnlyList<FileInfo> files = training.Files(model);
        return new TrainingListJson(
            [.. files.Select(file => file.Name)],
            files.Sum(file => file.Length),
            [.. files.Select(file => new TrainingFileJson(file.Name, file.Length, file.LastWriteTimeUtc))]);
    }

    private static async Task<IResult> PutAsync(
        HttpContext context,
        Caller caller,
        ServerOptions options,
        Admission admission,
        AuditLog audit,
        JobRunner jobs,
        TrainingStore training,
        Inspector inspector,
        string model,
        string image)
    {
        if (training.Has(model, image))
        {
            jobs.RefuseDuring(model);
        }

        if (UploadReader.IsForm(context.Request))
        {
            throw new ProblemException(415, "content-type", "Send the image as the body, not as a form.");
        }

        using IDisposable room = admission.Enter(1, context.Request.ContentLength ?? options.MaxImageBytes);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(options.RequestTimeout);
        byte[] bytes = UploadReader.WithoutPersonalData(await UploadReader.ReadAsync(
            context.Request.Body,
            context.Request.ContentLength,
            options.MaxImageBytes,
            timeout.Token).ConfigureAwait(false));

        // An unreadable image is rejected now, because it would make the fit fail.
        await inspector.InTurnAsync(
            () => inspector.Decode(bytes, UploadReader.Clean(image)),
            timeout.Token).ConfigureAwait(false);
        byte[]? before = training.Read(model, image);
        training.Put(model, image, bytes);

        // The same image again, as after an outage, changes nothing.
        if (before is null || !before.AsSpan().SequenceEqual(bytes))
        {
            await audit.AppendAsync(new AuditDraft(
                caller.Name,
                AuditActions.TrainingAdded,
                model,
                TrainingEndpoints.Describe(image, before),
                TrainingEndpoints.Describe(image, bytes))).ConfigureAwait(false);
        }

        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(
        Caller caller,
        AuditLog audit,
        JobRunner jobs,
        TrainingStore training,
        string model,
        string image)
    {
        jobs.RefuseDuring(model);
        byte[]? before = training.Read(model, image);
        training.Delete(model, image);
        await audit.AppendAsync(new AuditDraft(
            caller.Name,
            AuditActions.TrainingDeleted,
            model,
            TrainingEndpoints.Describe(image, before))).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAllAsync(
        Caller caller,
        JobRunner jobs,
        Trash trash,
        string model,
        CancellationToken cancellationToken)
    {
        jobs.RefuseDuring(model);
        await trash.ClearTrainingAsync(model, caller.Name, cancellationToken).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<TrainingListJson> RestoreAsync(
        Caller caller,
        JobRunner jobs,
        Trash trash,
        TrainingStore training,
        string model,
        CancellationToken cancellationToken)
    {
        jobs.RefuseDuring(model);
        await trash.RestoreAsync(model, Deletion.Training, caller.Name, cancellationToken).ConfigureAwait(false);
        return List(training, model);
    }

    private static async Task<IResult> FitAsync(HttpContext context, Caller caller, ModelJobs jobs, string model)
    {
        FitRequest? request = await OptionalBody.ReadAsync(context, ServerJson.Types.FitRequest)
            .ConfigureAwait(false);
        JobJson job = await jobs.FitAsync(model, request ?? new FitRequest(), caller.Name).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static IReadOnlyList<string> Backbones() => FitWork.Backbones();
}
