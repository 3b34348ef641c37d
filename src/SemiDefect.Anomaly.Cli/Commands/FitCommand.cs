using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fit</c>: fits a detector on good images.</summary>
internal static class FitCommand
{
    public static Command Create()
    {
        Argument<string> folder = FolderArgument();
        Option<string> model = ModelOption();
        Option<bool> json = GlobalOptions.Json();
        var tune = new Option<TuneMode>("--tune")
        {
            Description = "Choose networks and working sizes by the planted defects that they find in good images kept "
                + "apart: off or quick; full also tries a third size, smoothing, whitening and the description of "
                + "neighborhoods. What the options say stays unless another choice is better beyond chance.",
            DefaultValueFactory = _ => TuneMode.Off,
        };
        Option<int?> planted = PlantedOption();
        var precision = new Option<NetworkPrecision>("--precision")
        {
            Description = "The numbers that the network computes with: float32, or int8, which is faster and slightly "
                + "less accurate. int8 measures the network on the good images, stores it in the detector file, and, "
                + "where defects are planted, also fits with float32 to tell how many of them each finds.",
            DefaultValueFactory = _ => NetworkPrecision.Float32,
        };
        var maxCost = new MaxCostOption();
        var options = new FitOptionSet();
        var command = new Command("fit", "Fit a detector on images of good parts.") { folder, model };
        options.AddTo(command);
        command.Options.Add(tune);
        command.Options.Add(maxCost.Option);
        command.Options.Add(planted);
        command.Options.Add(precision);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            LineLogger logger = LineLogger.ForErrors(parsed);
            FitOptions fitOptions = options.Read(parsed, logger);
            long? limit = maxCost.Read(parsed);
            using SearchAccelerator? accelerator = options.OpenAccelerator(parsed, logger);
            string path = parsed.GetRequiredValue(model);
            fitOptions = fitOptions with { Accelerator = accelerator };
            ImageSelection good = ImageSelection.ToTrainOn(Wildcards.One(parsed.GetRequiredValue(folder)));
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            ImageFolder images = options.HasAllPages(parsed) ? good.Images.WithEachPage() : good.Images;
            TuneMode mode = parsed.GetValue(tune);
            if (mode != TuneMode.Off)
            {
                fitOptions = TuningRun.Run(images, fitOptions, mode, limit, cancellationToken).Options;
            }
            else if (limit is { } most)
            {
                fitOptions = CostLimit.Require(images, fitOptions, most, cancellationToken);
            }

            fitOptions = WithPlanter(fitOptions, parsed.GetValue(planted), images.Count);
            var run = new PrecisionRun(images, fitOptions, parsed.GetValue(precision));
            using AnomalyDetector detector = run.Fit(cancellationToken);
            detector.Save(path);
            DetectorSummary.Write(
                output,
                detector.Description,
                detector.Fingerprint,
                path,
                parsed.GetValue(json),
                run.Compare(detector.Description));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>
    /// Fits a detector with a progress display, and also reports progress to <paramref name="listener"/>.
    /// </summary>
    public static AnomalyDetector Fit(
        ImageFolder good,
        FitOptions options,
        CancellationToken cancellationToken,
        IProgress<FitProgress>? listener = null) =>
        ProgressDisplay.Run(
            display => AnomalyDetector.Fit(good, options, new StageProgress(display, listener), cancellationToken));

    /// <summary>The argument for the good images.</summary>
    public static Argument<string> FolderArgument() => new("GOOD_FOLDER")
    {
        Description = "The folder of images of good parts, or a data set: of it, the good training images.",
    };

    /// <summary>The option for the file to write.</summary>
    public static Option<string> ModelOption() => new("--out")
    {
        Description = "The detector file to write.",
        HelpName = "MODEL",
        Required = true,
    };

    /// <summary>The option for planted defects.</summary>
    public static Option<int?> PlantedOption()
    {
        var option = new Option<int?>("--planted")
        {
            Description = "Plant about N defects in good images and score them out of fold, to tell what thresholds "
                + "for other false-alarm rates would find; 0 for none. By default, with --preset default, half as many "
                + "as there are good images, 16 to 360.",
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > EvenPlanter.MostDefects)
            {
                result.AddError($"--planted must be a number from 0 to {EvenPlanter.MostDefects}.");
            }
        });
        return option;
    }

    /// <summary>The options with as many planted defects as the option or its default says.</summary>
    public static FitOptions WithPlanter(FitOptions options, int? planted, int images)
    {
        int count = planted
            ?? (options.Preset == FitPresets.Default && !options.FoldBanks ? EvenPlanter.DefaultCount(images) : 0);
        return count == 0 ? options : options with { Planter = new EvenPlanter(count, options.Seed) };
    }

    /// <summary>Displays the progress of a fit.</summary>
    public sealed class StageProgress(ProgressDisplay display, IProgress<FitProgress>? listener = null)
        : IProgress<FitProgress>
    {
        public void Report(FitProgress value)
        {
            listener?.Report(value);
            display.Report(
                value.Stage switch
                {
                    FitStage.Features => "Reading images",
                    FitStage.Projection => "Training the projection",
                    FitStage.Coreset => "Selecting the memory bank",
                    FitStage.Planting => "Planting defects",
                    _ => "Calibrating thresholds",
                },
                value.Done,
                value.Total);
        }
    }
}
