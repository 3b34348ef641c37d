using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Sources;

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
        model.MapDelete("/training/{image}", Delete)
            .WithName("delete-training-image")
            .WithSummary("Deletes a training image.")
            .Produces(204)
            .ProducesProblem(404);
        model.MapDelete("/training", DeleteAll)
            .WithName("delete-training")
            .WithSummary("Deletes all training images.")
            .Produces(204);
        model.MapPost("/fit", FitAsync)
            .WithName("fit")
            .WithSummary("Fits the model from its training images, as a job.")
            .Produces<JobJson>(202)
            .ProducesProblem(409)
            .ProducesProblem(422)
            .ProducesProblem(429);
    }

    private static FitChoicesJson Choices() => new(FitPresets.Names, BackboneFile.Names, BackboneFile.DefaultName);

    private static TrainingListJson List(TrainingStore training, string model)
    {
        (IReadOnlyList<string> names, long bytes) = training.List(model);
        return new TrainingListJson(names, bytes);
    }

    private static async Task<IResult> PutAsync(
        HttpContext context,
        ServerOptions options,
        Admission admission,
        TrainingStore training,
        Inspector inspector,
        string model,
        string image)
    {
        if (UploadReader.IsForm(context.Request))
        {
            throw new ProblemException(415, "content-type", "Send the image as the body, not as a form.");
        }

        using IDisposable room = admission.Enter(1, context.Request.ContentLength ?? options.MaxImageBytes);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(options.RequestTimeout);
        byte[] bytes = await UploadReader.ReadAsync(
            context.Request.Body,
            context.Request.ContentLength,
            options.MaxImageBytes,
            timeout.Token).ConfigureAwait(false);

        // An unreadable image is rejected now, because it would make the fit fail.
        await inspector.InTurnAsync(
            () => inspector.Decode(bytes, UploadReader.Clean(image)),
            timeout.Token).ConfigureAwait(false);
        training.Put(model, image, bytes);
        return TypedResults.NoContent();
    }

    private static NoContent Delete(TrainingStore training, string model, string image)
    {
        training.Delete(model, image);
        return TypedResults.NoContent();
    }

    private static NoContent DeleteAll(TrainingStore training, string model)
    {
        training.DeleteAll(model);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> FitAsync(
        ServerOptions server,
        JobRunner jobs,
        ModelRegistry registry,
        TrainingStore training,
        string model,
        FitRequest? request)
    {
        FitOptions options = Options(request ?? new FitRequest(null, null, null, null, null, null), server);
        ImageFolder good = training.List(model).Names.Count > 0
            ? ImageSelection.ToTrainOn(training.Folder(model)).Images
            : throw ProblemException.Invalid($"The model '{model}' has no training images: send them first.");
        JobJson job = await jobs.StartAsync("fit", model, job => Task.Run(
            async () =>
            {
                using AnomalyDetector detector = AnomalyDetector.Fit(
                    good,
                    options with { Logger = new JobLogger(job) },
                    job,
                    job.StopToken);
                await registry.ChangeAsync(
                    model,
                    path =>
                    {
                        detector.Save(path);
                        return true;
                    },
                    job.StopToken).ConfigureAwait(false);
            },
            job.StopToken)).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static FitOptions Options(FitRequest request, ServerOptions server)
    {
        FitOptions options = FitPresets.Create(request.Preset ?? FitPresets.Default);
        if (request.Resize < 1)
        {
            throw ProblemException.Invalid(
                "resize is a size in pixels, 1 or more: leave it out for the working sizes of the preset.");
        }

        // Half of the cores, which leaves the rest to inspections.
        int threads = server.Threads > 0 ? server.Threads : Math.Max(1, Environment.ProcessorCount / 2);
        CoresetOptions coreset = options.Coreset;
        options = options with
        {
            ResizeSize = request.Resize ?? options.ResizeSize,
            Seed = request.Seed ?? options.Seed,
            Threads = threads,
            Device = server.Device,
            ImageLimits = new ImageLimits(server.MaxImageBytes, server.MaxPixels),
            Coreset = new CoresetOptions(
                request.Coreset ?? coreset.Fraction,
                request.Coreset is null ? coreset.Count : null,
                coreset.Method,
                projectionDimension: coreset.ProjectionDimension)
            {
                Maximum = request.Coreset is null ? coreset.Maximum : null,
            },
        };
        if (request.FalseAlarmRate is { } rate)
        {
            options = options with { Threshold = options.Threshold with { FalseAlarmRate = rate } };
        }

        if (request.Backbone is { } backbone)
        {
            // By name only: a path would let a client open any file of this machine.
            options = options with
            {
                Backbones = BackboneFile.Names.Contains(backbone, StringComparer.Ordinal)
                    ? [BackboneFile.Open(backbone)]
                    : throw ProblemException.Invalid(
                        $"There is no network '{backbone}' here: choose one of "
                            + $"{string.Join(", ", BackboneFile.Names)}."),
            };
        }

        options.Validate();
        return options;
    }
}
