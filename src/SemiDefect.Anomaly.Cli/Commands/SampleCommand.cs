using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Samples;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect sample</c>: generates the sample set.</summary>
internal static class SampleCommand
{
    private static readonly SampleOptions Committed = new();
    private static readonly BoxSampleOptions Boxes = new();
    private static readonly WaferSampleOptions Wafers = new();

    public static Command Create()
    {
        var folder = new Option<string>("--out")
        {
            Description = "The folder to write to.",
            HelpName = "DIR",
            Required = true,
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "The random seed; other seeds give other images of the same dies.",
            DefaultValueFactory = _ => Committed.Seed,
        };
        var count = new Option<int>("--count")
        {
            Description = "The number of training images per die, or of the casting.",
            DefaultValueFactory = _ => Committed.Count,
        };
        var xray = new Option<bool>("--xray")
        {
            Description = "Generate X-ray pictures of a casting instead: DICOM files of 12 bits, with four types of "
                + "internal defects.",
        };
        var boxes = new Option<bool>("--boxes")
        {
            Description = "Generate one die with several labeled defects in each image instead, with boxes as YOLO has "
                + "them; --count is then the number of good images.",
        };
        var wafers = new Option<bool>("--wafers")
        {
            Description = "Generate wafer maps of the nine classes of WM-811K instead; --count is then the number of "
                + "maps without a pattern to fit on.",
        };
        var imbalanced = new Option<bool>("--imbalanced")
        {
            Description = "With --wafers, classes as frequent among the maps to judge as in WM-811K.",
        };
        var mixtures = new Option<bool>("--mixtures")
        {
            Description = "With --wafers, also maps with two patterns.",
        };
        var learned = new Option<int?>("--train")
        {
            Description = $"With --boxes, the number of images with defects to learn from ({Boxes.Train}); with "
                + $"--wafers, of maps of each pattern ({Wafers.Train}).",
            HelpName = "N",
        };
        var judged = new Option<int?>("--test")
        {
            Description = $"With --boxes, the number of images with defects to judge ({Boxes.Test}); with --wafers, "
                + $"of maps of each class ({Wafers.Test}).",
            HelpName = "N",
        };
        var command = new Command(
            "sample",
            "Generate the sample set: two dies, with good images and twelve types of defects with masks.")
        {
            folder, seed, count, boxes, learned, judged, xray, wafers, imbalanced, mixtures,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            bool[] sets = [parsed.GetValue(boxes), parsed.GetValue(xray), parsed.GetValue(wafers)];
            if (sets.Count(isAsked => isAsked) > 1)
            {
                throw new UsageException("--boxes, --xray and --wafers generate different sets: give one of them.");
            }

            bool isSplit = (parsed.GetValue(learned) ?? parsed.GetValue(judged)) is not null;
            if (isSplit && !parsed.GetValue(boxes) && !parsed.GetValue(wafers))
            {
                throw new UsageException(
                    "--train and --test are for --boxes and --wafers: add one of them, or leave them out.");
            }

            if ((parsed.GetValue(imbalanced) || parsed.GetValue(mixtures)) && !parsed.GetValue(wafers))
            {
                throw new UsageException("--imbalanced and --mixtures are for --wafers: add it, or leave them out.");
            }

            if (parsed.GetValue(wafers))
            {
                WaferSampleOptions chosen = UsageException.Guard(() => new WaferSampleOptions
                {
                    Seed = parsed.GetValue(seed),
                    Good = parsed.GetResult(count) is { Implicit: false } ? parsed.GetValue(count) : Wafers.Good,
                    Train = parsed.GetValue(learned) ?? Wafers.Train,
                    Test = parsed.GetValue(judged) ?? Wafers.Test,
                    Imbalanced = parsed.GetValue(imbalanced),
                    Mixtures = parsed.GetValue(mixtures),
                });
                WriteWafers(parsed.GetRequiredValue(folder), chosen, cancellationToken);
                parsed.InvocationConfiguration.Output.WriteLine(
                    $"Sample set of wafer maps written to {parsed.GetRequiredValue(folder)}");
                return Task.FromResult(ExitCode.Done);
            }

            if (parsed.GetValue(boxes))
            {
                BoxSampleOptions chosen = UsageException.Guard(() => new BoxSampleOptions
                {
                    Seed = parsed.GetValue(seed),
                    Good = parsed.GetResult(count) is { Implicit: false } ? parsed.GetValue(count) : Boxes.Good,
                    Train = parsed.GetValue(learned) ?? Boxes.Train,
                    Test = parsed.GetValue(judged) ?? Boxes.Test,
                });
                WriteBoxes(parsed.GetRequiredValue(folder), chosen, cancellationToken);
                parsed.InvocationConfiguration.Output.WriteLine(
                    $"Sample set with boxes written to {parsed.GetRequiredValue(folder)}");
                return Task.FromResult(ExitCode.Done);
            }

            SampleOptions options = UsageException.Guard(
                () => new SampleOptions { Seed = parsed.GetValue(seed), Count = parsed.GetValue(count) });
            string path = parsed.GetRequiredValue(folder);
            if (parsed.GetValue(xray))
            {
                WriteXray(path, options, cancellationToken);
            }
            else
            {
                Write(path, options, cancellationToken);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"Sample set written to {path}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>Writes the sample set with a progress display.</summary>
    public static void Write(string folder, SampleOptions options, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            SampleGenerator.Write(folder, options, new SampleDisplay(display), cancellationToken);
            return 0;
        });

    private static void WriteXray(string folder, SampleOptions options, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            XraySample.Write(folder, options, new SampleDisplay(display), cancellationToken);
            return 0;
        });

    private static void WriteBoxes(string folder, BoxSampleOptions options, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            BoxSampleGenerator.Write(folder, options, new SampleDisplay(display), cancellationToken);
            return 0;
        });

    private static void WriteWafers(string folder, WaferSampleOptions options, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            WaferSample.Write(folder, options, new SampleDisplay(display), cancellationToken);
            return 0;
        });

    private sealed class SampleDisplay(ProgressDisplay display) : IProgress<SampleProgress>
    {
        private readonly Lock _lock = new();

        public void Report(SampleProgress value)
        {
            lock (_lock)
            {
                display.Report("Generating images", value.Done, value.Total);
            }
        }
    }
}
