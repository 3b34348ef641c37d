using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Fleet;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect fleet fit</c>: fits a detector whose networks run on the workers.</summary>
internal static class FleetFitCommand
{
    public static Command Create()
    {
        Argument<string> folder = FitCommand.FolderArgument();
        Option<string> model = FitCommand.ModelOption();
        var fleet = new FleetOptionSet();
        var options = new FitOptionSet();
        Option<int?> planted = FitCommand.PlantedOption();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "fit",
            "Fit a detector whose networks run on the workers. The file is the same, byte for byte, as that of "
                + "'semidefect fit' with the same options.")
        {
            folder, model,
        };
        fleet.AddTo(command);
        options.AddTo(command);
        command.Options.Add(planted);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LineLogger logger = LineLogger.ForErrors(parsed);
            using SearchAccelerator? accelerator = options.OpenAccelerator(parsed, logger);
            FitOptions given = options.Read(parsed, logger);
            ImageSelection good = ImageSelection.ToTrainOn(Wildcards.One(parsed.GetRequiredValue(folder)));
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            ImageFolder images = options.HasAllPages(parsed) ? good.Images.WithEachPage() : good.Images;
            FleetOptions connection = fleet.Read(parsed);
            FleetFit host = await FleetFit.OpenAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (host.ConfigureAwait(false))
            {
                FitOptions fitOptions = FitCommand.WithPlanter(given, parsed.GetValue(planted), images.Count) with
                {
                    Accelerator = accelerator,
                    BatchSize = Math.Max(given.BatchSize, FleetFit.BatchSize),
                    EncoderHost = host,
                };
                using AnomalyDetector detector = FitCommand.Fit(images, fitOptions, cancellationToken);
                string path = parsed.GetRequiredValue(model);
                detector.Save(path);
                DetectorSummary.Write(
                    parsed.InvocationConfiguration.Output,
                    detector.Description,
                    detector.Fingerprint,
                    path,
                    parsed.GetValue(json));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
