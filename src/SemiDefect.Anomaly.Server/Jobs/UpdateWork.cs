using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>
/// Makes a candidate of the active version and the images marked as false alarms. Thread-safe.
/// </summary>
internal sealed class UpdateWork(
    ServerOptions options,
    ModelRegistry registry,
    ModelVersions versions,
    VersionLedger ledger,
    TrainingStore training,
    FeedbackStore feedback)
{
    /// <summary>The false alarms that the active version has not learned.</summary>
    public IReadOnlyList<(long Inspection, string Path)> Pending(string model)
    {
        HashSet<long> learned = [];
        for (ModelVersion? version = ledger.FindActive(model);
            version is not null;
            version = version.Parent is { } parent ? ledger.Find(model, parent) : null)
        {
            learned.UnionWith(version.Learned);
        }

        return [.. feedback.FalseAlarms(model).Where(image => !learned.Contains(image.Inspection))];
    }

    /// <summary>Checks a request; the work that is returned runs it.</summary>
    /// <exception cref="ProblemException">There is no such model, or nothing to learn.</exception>
    public Func<Job, Task<ModelVersion>> Prepare(string model, UpdateRequest request, string actor)
    {
        registry.Require(model);
        (long Inspection, string Path)[] images = Choose(model, request.Inspections);
        ImageFolder? known = training.List(model).Names.Count > 0 ? ImageFolder.Open(training.Folder(model)) : null;
        return job => RunAsync(model, images, known, actor, job);
    }

    private (long Inspection, string Path)[] Choose(string model, IReadOnlyList<long>? wanted)
    {
        IReadOnlyList<(long Inspection, string Path)> pending = Pending(model);
        long[] others = [.. (wanted ?? []).Except(pending.Select(image => image.Inspection))];
        if (others is [long other, ..])
        {
            throw ProblemException.Invalid(
                $"Inspection {other} is not a false alarm of the model '{model}' that it could still learn.");
        }

        (long Inspection, string Path)[] chosen =
            [.. pending.Where(image => wanted is null || wanted.Contains(image.Inspection))];
        return chosen.Length > 0
            ? chosen
            : throw ProblemException.Invalid(
                $"No image of the model '{model}' was called a false alarm: there is nothing to learn.");
    }

    private async Task<ModelVersion> RunAsync(
        string model,
        (long Inspection, string Path)[] images,
        ImageFolder? known,
        string actor,
        Job job)
    {
        ModelVersion active = await versions.FindActiveAsync(model, job.StopToken).ConfigureAwait(false)
            ?? throw ProblemException.NotFound($"There is no model '{model}'.");

        // Copies, because a verdict may be taken back meanwhile.
        string folder = registry.NewTemporaryPath();
        try
        {
            Directory.CreateDirectory(folder);
            foreach ((_, string path) in images)
            {
                File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            }

            using AnomalyDetector detector = AnomalyDetector.Load(ledger.FileOf(active), new LoadOptions
            {
                Device = options.Device,
                Threads = options.BackgroundThreads,
                ImageLimits = new ImageLimits(options.MaxImageBytes, options.MaxPixels),
                Logger = new JobLogger(job),
            });
            using AnomalyDetector grown = detector.Update(ImageFolder.Open(folder), known, job, job.StopToken);
            return await versions.AddAsync(
                model,
                VersionOrigin.Update,
                actor,
                grown.Save,
                active,
                [.. images.Select(image => image.Inspection)]).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
