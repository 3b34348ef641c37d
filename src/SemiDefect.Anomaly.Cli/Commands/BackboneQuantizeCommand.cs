using System.CommandLine;
using SemiDefect.Anomaly.Backbones.Quantizing;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect backbone quantize</c>: makes an 8-bit network from a float32 network and good images.
/// </summary>
internal static class BackboneQuantizeCommand
{
    public static Command Create()
    {
        var network = new Argument<string>("NETWORK")
        {
            Description = "The name of an embedded network, or an .onnx file.",
        };
        var folder = new Argument<string>("IMAGES")
        {
            Description = "A folder of good images, used to measure activation ranges.",
        };
        var output = new Option<string>("--out")
        {
            Description = "The network to write; its manifest is written beside it.",
            HelpName = "FILE.onnx",
            Required = true,
        };
        var count = new Option<int>("--images")
        {
            Description = "The maximum number of images to use, evenly spaced.",
            HelpName = "N",
            DefaultValueFactory = _ => BackboneQuantizer.DefaultImages,
        };
        Option<string?> taps = BackboneCommand.TapsOption("The network outputs to keep.");
        var resize = new Option<int>("--resize")
        {
            Description = "Resize both sides to N pixels, as in the fit.",
            HelpName = "N",
            DefaultValueFactory = _ => FitPresets.Create(FitPresets.Fast).ResizeSize,
        };
        Option<int> threads = GlobalOptions.Threads();
        var imageLimits = new ImageLimitOptions();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("quantize", "Quantize a backbone to 8 bits: faster, slightly less accurate.")
        {
            network, folder, output, count, taps, resize, threads, json,
        };
        imageLimits.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            string path = BackboneCommand.NetworkPath(parsed.GetRequiredValue(output));
            int images = parsed.GetValue(count) is > 0 and var positive
                ? positive
                : throw new UsageException("--images must be a number of images, 1 or more.");
            FitOptions options = UsageException.Guard(() => FitPresets.Create(FitPresets.Fast) with
            {
                ResizeSize = parsed.GetValue(resize),
                Taps = BackboneCommand.Taps(parsed.GetValue(taps)),
                Threads = parsed.GetValue(threads),
                ImageLimits = imageLimits.Read(parsed),
            });
            UsageException.Guard(() =>
            {
                options.Validate();
                return options;
            });
            options = options with { Backbones = [BackboneFile.Open(Wildcards.One(parsed.GetRequiredValue(network)))] };
            ImageSelection good = ImageSelection.ToTrainOn(Wildcards.One(parsed.GetRequiredValue(folder)));
            DatasetSummary.Write(parsed.InvocationConfiguration, good.Summary, parsed.GetValue(json));
            BackboneManifest manifest = ProgressDisplay.Run(display =>
                BackboneQuantizer.Quantize(
                    good.Images, options, path, images, new FitCommand.StageProgress(display), cancellationToken));
            BackboneSummary.Write(parsed.InvocationConfiguration.Output, path, manifest, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
