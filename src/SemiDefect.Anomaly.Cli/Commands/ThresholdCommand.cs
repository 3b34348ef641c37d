using System.CommandLine;
using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Cli.Output;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect threshold</c>: changes a detector's thresholds without refitting.</summary>
internal static class ThresholdCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The detector file." };
        var rate = new Option<double?>("--false-alarm-rate")
        {
            Description = "Set both thresholds for this false-alarm rate, the fraction of good images called abnormal.",
        };
        var method = new Option<string?>("--threshold-method")
        {
            Description = "The method for the rate: conformal or quantile; or fold-maxima, which takes no rate.",
            HelpName = "METHOD",
        };
        var value = new Option<double?>("--value")
        {
            Description = "Set the image threshold to this value.",
            HelpName = "X",
        };
        var pixelValue = new Option<double?>("--pixel-value")
        {
            Description = "Set the pixel threshold to this value.",
            HelpName = "X",
        };
        var outputPath = new Option<string?>("--out")
        {
            Description = "Write the changed detector to this file instead of replacing the original.",
            HelpName = "MODEL",
        };
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("threshold", "Change a detector's thresholds without refitting.")
        {
            model, rate, method, value, pixelValue, outputPath, json,
        };
        command.SetAction((parsed, _) =>
        {
            string path = parsed.GetRequiredValue(model);
            ThresholdOptions options = UsageException.Guard(() =>
                Read(parsed.GetValue(rate), ThresholdMethodName.Read(parsed.GetValue(method)), parsed.GetValue(value)));
            string target = parsed.GetValue(outputPath) ?? path;
            (DetectorThresholds before, DetectorThresholds after) =
                AnomalyDetector.ChangeThresholds(path, options, parsed.GetValue(pixelValue), target);
            TextWriter output = parsed.InvocationConfiguration.Output;
            DetectorDescription changed = AnomalyDetector.ReadDescription(target);
            if (parsed.GetValue(json))
            {
                output.WriteLine(
                    JsonSerializer.Serialize(
                        new ThresholdChangeJson(1, target.Replace('\\', '/'), ToJson(before), ToJson(after))
                        {
                            Planted = PlantedSummary.Json(changed),
                        },
                        CliJson.Default.ThresholdChangeJson));
                return Task.FromResult(ExitCode.Done);
            }

            output.WriteLine($"Detector    {target}");
            output.WriteLine(
                $"Threshold   {Text.Number(before.Image.Value)} ({before.Image.Method}) -> "
                    + $"{Text.Number(after.Image.Value)} ({after.Image.Method})");
            output.WriteLine(
                $"Pixels      {Text.Number(before.Pixel.Value)} ({before.Pixel.Method}) -> "
                    + $"{Text.Number(after.Pixel.Value)} ({after.Pixel.Method})");
            if (after.Image.Note is { } note)
            {
                output.WriteLine($"Note        {note}");
            }

            PlantedSummary.Write(output, changed);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static ThresholdOptions Read(double? rate, ThresholdMethod? method, double? value)
    {
        if (method == ThresholdMethod.FoldMaxima && rate is null && value is null)
        {
            return new ThresholdOptions { Method = ThresholdMethod.FoldMaxima };
        }

        if (rate is null == value is null)
        {
            throw new UsageException("Specify either --false-alarm-rate or --value.");
        }

        if (value is not null)
        {
            return method is null or ThresholdMethod.Fixed
                ? new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value }
                : throw new UsageException("--threshold-method applies to --false-alarm-rate, not to --value.");
        }

        return method is null or ThresholdMethod.Conformal or ThresholdMethod.Quantile
            ? new ThresholdOptions { Method = method ?? ThresholdMethod.Conformal, FalseAlarmRate = rate!.Value }
            : throw new UsageException("--threshold-method must be conformal or quantile here.");
    }

    private static ThresholdPairJson ToJson(DetectorThresholds thresholds) => new(
        new ThresholdJson(thresholds.Image.Value, thresholds.Image.Method, thresholds.Image.Note),
        new ThresholdJson(thresholds.Pixel.Value, thresholds.Pixel.Method, thresholds.Pixel.Note),
        thresholds.Options.Method is ThresholdMethod.Conformal or ThresholdMethod.Quantile
            ? thresholds.Options.FalseAlarmRate
            : null);
}
