using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>POST /api/v1/models/{model}/update: adds the images marked as false alarms to the model.</summary>
internal static class UpdateEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/models/{model}/update", UpdateAsync)
        .WithTags("training")
        .WithName("update")
        .WithSummary("Adds the images marked as false alarms to the model, as a job.")
        .Produces<JobJson>(202)
        .ProducesProblem(404)
        .ProducesProblem(409)
        .ProducesProblem(422);

    private static async Task<Accepted<JobJson>> UpdateAsync(
        ServerOptions options,
        JobRunner jobs,
        ModelRegistry registry,
        TrainingStore training,
        string model)
    {
        if (!File.Exists(registry.PathOf(model)))
        {
            throw ProblemException.NotFound($"There is no model '{model}'.");
        }

        string folder = training.FeedbackFolder(model);
        ImageFolder more = Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any()
            ? ImageFolder.Open(folder)
            : throw ProblemException.Invalid(
                $"No image of the model '{model}' was called a false alarm: there is nothing to learn.");
        ImageFolder? known = training.List(model).Names.Count > 0 ? ImageFolder.Open(training.Folder(model)) : null;
        JobJson job = await jobs.StartAsync(
            "update",
            model,
            job => Task.Run(() => RunAsync(options, registry, model, more, known, job), job.StopToken))
                .ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static async Task RunAsync(
        ServerOptions options,
        ModelRegistry registry,
        string model,
        ImageFolder more,
        ImageFolder? known,
        Job job)
    {
        // A copy, because Windows does not replace a file that is open.
        string copy = Path.Combine(options.DataFolder, "loaded", $"{Guid.NewGuid():N}.update");
        try
        {
            File.Copy(registry.PathOf(model), copy);
            var load = new LoadOptions
            {
                Device = options.Device,
                Threads = options.Threads > 0 ? options.Threads : Math.Max(1, Environment.ProcessorCount / 2),
                ImageLimits = new ImageLimits(options.MaxImageBytes, options.MaxPixels),
                Logger = new JobLogger(job),
            };
            using AnomalyDetector detector = AnomalyDetector.Load(copy, load);
            using AnomalyDetector grown = detector.Update(more, known, job, job.StopToken);
            await registry.ChangeAsync(
                model,
                path =>
                {
                    grown.Save(path);
                    return true;
                },
                job.StopToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
