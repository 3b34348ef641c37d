using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Evaluation.Wafers;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect wafers</c>: turns wafer maps into pictures.</summary>
internal static class WafersCommand
{
    public static Command Create()
    {
        var maps = new Argument<string>("MAPS")
        {
            Description = "Wafer maps: .npy, csv or text matrices, lists of dies (x, y, bin), rows of WM-811K, small "
                + "PNG; a file, or a folder of them.",
        };
        var folder = new Option<string>("--out")
        {
            Description = "The folder to write the pictures to.",
            HelpName = "DIR",
            Required = true,
        };
        var view = new Option<string>("--view")
        {
            Description = "What to show: density (of failing dies, for detectors) or colors (of dies, for people).",
            DefaultValueFactory = _ => "density",
        };
        view.AcceptOnlyFromAmong("density", "colors");
        var side = new Option<int>("--side")
        {
            Description = $"The width and height in pixels, {WaferRenderer.SmallestSide} to {WaferMap.LargestSide}.",
            DefaultValueFactory = _ => WaferRenderer.DefaultSide,
        };
        var command = new Command("wafers", "Turn wafer maps into pictures to fit, score, teach and evaluate with.")
        {
            maps, folder, view, side,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            int pixels = parsed.GetValue(side);
            if (pixels is < WaferRenderer.SmallestSide or > WaferMap.LargestSide)
            {
                throw new UsageException(
                    $"--side must be {WaferRenderer.SmallestSide} to {WaferMap.LargestSide}, not {pixels}.");
            }

            string target = parsed.GetRequiredValue(folder);
            int written = ProgressDisplay.Run(display => WaferPictures.Write(
                Wildcards.One(parsed.GetRequiredValue(maps)),
                target,
                parsed.GetValue(view) == "colors" ? WaferView.Colors : WaferView.Density,
                pixels,
                new FileProgress(display),
                cancellationToken));
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{written} {(written == 1 ? "picture" : "pictures")} of wafer maps written to {target}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private sealed class FileProgress(ProgressDisplay display) : IProgress<SampleProgress>
    {
        public void Report(SampleProgress value) => display.Report("Drawing wafer maps", value.Done, value.Total);
    }
}
