using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect features</c>: writes patch embeddings as an array.</summary>
internal static class FeaturesCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("IMAGES") { Description = "The folder of images." };
        var file = new Option<string>("--out")
        {
            Description = "The file to write: float32 [patches, values].",
            HelpName = "FILE.npy",
            Required = true,
        };
        var options = new FitOptionSet();
        var command = new Command("features", "Write the patch embeddings of images as a NumPy array.")
        {
            folder, file,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            FitOptions fitOptions = options.Read(parsed, LineLogger.ForErrors(parsed));
            string path = parsed.GetRequiredValue(file);
            ImageFolder images = ImageFolder.Open(Wildcards.One(parsed.GetRequiredValue(folder)));
            (int rows, int columns) = ProgressDisplay.Run(display =>
                AnomalyDetector.ExportFeatures(
                    images, fitOptions, path, new FitCommand.StageProgress(display), cancellationToken));
            parsed.InvocationConfiguration.Output.WriteLine($"{rows} patches x {columns} values written to {path}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
