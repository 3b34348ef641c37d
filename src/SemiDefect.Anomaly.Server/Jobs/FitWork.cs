using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>Fits a version of a model from its training images. Thread-safe.</summary>
internal sealed class FitWork(ServerOptions server, ModelVersions versions, TrainingStore training)
{
    private const string Off = "off";
    private const string Quick = "quick";
    private const string Full = "full";

    /// <summary>How a client may have networks and working sizes chosen.</summary>
    public static IReadOnlyList<string> TuneModes { get; } = [Off, Quick, Full];

    /// <summary>The networks that a client may name.</summary>
    public static IReadOnlyList<string> Backbones() =>
        BackboneFile.Names;

    /// <summary>Checks a request; the work that is returned runs it.</summary>
    /// <exception cref="ProblemException">There are no training images.</exception>
    /// <exception cref="SemiDefectException">An option is invalid.</exception>
    public Func<Job, Task<ModelVersion>> Prepare(string model, FitRequest request, string actor)
    {
        FitOptions options = Options(request, server);
        ImageFolder good = training.List(model).Names.Count > 0
            ? ImageSelection.ToTrainOn(training.Folder(model)).Images
            : throw ProblemException.Invalid($"The model '{model}' has no training images: send them first.");
        TuningOptions? tuning = Tuning(request.Tune, options.Seed);
        return async job =>
        {
            FitOptions chosen = options with { Logger = new JobLogger(job) };
            if (tuning is not null)
            {
                chosen = Tuner.Run(good, chosen, tuning, job, job.StopToken).Options;
            }

            using AnomalyDetector detector = AnomalyDetector.Fit(
                good,
                WithPlanter(chosen, good.Count),
                job,
                job.StopToken);
            if (detector.Thresholds.Image.Note is { } note)
            {
                job.Notice(note);
            }

            return await versions.AddAsync(model, VersionOrigin.Fit, actor, detector.Save).ConfigureAwait(false);
        };
    }

    private static TuningOptions? Tuning(string? mode, ulong seed) => mode switch
    {
        null or Off => null,
        Quick => TuningOptions.Quick(seed),
        Full => TuningOptions.Full(seed),
        _ => throw ProblemException.Invalid($"tune is off, quick or full, not '{mode}'."),
    };

    // As semidefect fit: planted defects tell what a threshold finds.
    private static FitOptions WithPlanter(FitOptions options, int images)
    {
        int count = options.Preset == FitPresets.Default && !options.FoldBanks ? EvenPlanter.DefaultCount(images) : 0;
        return count == 0 ? options : options with { Planter = new EvenPlanter(count, options.Seed) };
    }

    private static FitOptions Options(FitRequest request, ServerOptions server)
    {
        FitOptions options = FitPresets.Create(request.Preset ?? FitPresets.Default);
        if (request.Resize < 1)
        {
            throw ProblemException.Invalid(
                "resize is a size in pixels, 1 or more: leave it out for the working sizes of the preset.");
        }

        CoresetOptions coreset = options.Coreset;
        options = options with
        {
            ResizeSize = request.Resize ?? options.ResizeSize,
            Seed = request.Seed ?? options.Seed,
            Threads = server.BackgroundThreads,
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

        if (request.CheckRate is { } check)
        {
            options = options with { Threshold = options.Threshold with { CheckRate = check } };
        }

        if (request.Backbone is { } backbone)
        {
            // By name only: a path would let a client open any file of this machine.
            options = options with
            {
                Backbones = Backbones().Contains(backbone, StringComparer.Ordinal)
                    ? [BackboneFile.Open(backbone)]
                    : throw ProblemException.Invalid(
                        $"There is no network '{backbone}' here: choose one of {string.Join(", ", Backbones())}."),
            };
        }

        options.Validate();
        return options;
    }
}
