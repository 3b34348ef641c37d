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
        var checkRate = new Option<double?>("--check-rate")
        {
            Description = "The fraction of good images that may be called abnormal or be shown to a person; 0 for no "
                + "images to check. Alone, it leaves the other thresholds as they are.",
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
            model, rate, checkRate, method, value, pixelValue, outputPath, json,
        };
        command.SetAction((parsed, _) =>
        {
            string path = Wildcards.One(parsed.GetRequiredValue(model));
            Func<ThresholdOptions, ThresholdOptions> options = UsageException.Guard(() => Read(
                parsed.GetValue(rate),
                parsed.GetValue(checkRate),
                ThresholdMethodName.Read(parsed.GetValue(method)),
                parsed.GetValue(value)));
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
            if (before.Check is not null || after.Check is not null)
            {
                output.WriteLine($"Check       {Describe(before.Check)} -> {Describe(after.Check)}");
            }

            output.WriteLine(
                $"Pixels      {Text.Number(before.Pixel.Value)} ({before.Pixel.Method}) -> "
                    + $"{Text.Number(after.Pixel.Value)} ({after.Pixel.Method})");
            foreach (string note in new[] { after.Image.Note, after.Check?.Note }.OfType<string>())
            {
                output.WriteLine($"Note        {note}");
            }

            PlantedSummary.Write(output, changed);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    // The new rule, made of the one in the file.
    private static Func<ThresholdOptions, ThresholdOptions> Read(
        double? rate, double? check, ThresholdMethod? method, double? value)
    {
        if (method == ThresholdMethod.FoldMaxima && rate is null && check is null && value is null)
        {
            return _ => new ThresholdOptions { Method = ThresholdMethod.FoldMaxima };
        }

        if (rate is null && value is null && method is null && check is { } alone)
        {
            _ = new ThresholdOptions { CheckRate = alone };
            return now => now with { CheckRate = alone };
        }

        if (rate is null == value is null)
        {
            throw new UsageException("Specify either --false-alarm-rate or --value, or only --check-rate.");
        }

        if (value is not null)
        {
            if (method is not (null or ThresholdMethod.Fixed))
            {
                throw new UsageException("--threshold-method applies to --false-alarm-rate, not to --value.");
            }

            if (check > 0)
            {
                throw new UsageException("--check-rate applies to --false-alarm-rate, not to --value.");
            }

            var given = new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value };
            return _ => given;
        }

        if (method is not (null or ThresholdMethod.Conformal or ThresholdMethod.Quantile))
        {
            throw new UsageException("--threshold-method must be conformal or quantile here.");
        }

        var options = new ThresholdOptions
        {
            Method = method ?? ThresholdMethod.Conformal,
            FalseAlarmRate = rate!.Value,
            CheckRate = check ?? 0,
        };
        options.Validate();

        // The band stays, unless it would lie above the threshold.
        return now => check is null && now.CheckRate > rate ? options with { CheckRate = now.CheckRate } : options;
    }

    private static ThresholdPairJson ToJson(DetectorThresholds thresholds) => new(
        new ThresholdJson(thresholds.Image.Value, thresholds.Image.Method, thresholds.Image.Note),
        thresholds.Check is { } check ? new ThresholdJson(check.Value, check.Method, check.Note) : null,
        new ThresholdJson(thresholds.Pixel.Value, thresholds.Pixel.Method, thresholds.Pixel.Note),
        thresholds.Options.HasRate ? thresholds.Options.FalseAlarmRate : null,
        thresholds.Options.CheckRate);

    private static string Describe(ThresholdEstimate? check) =>
        check is null ? "none" : $"{Text.Number(check.Value)} ({check.Method})";
}
