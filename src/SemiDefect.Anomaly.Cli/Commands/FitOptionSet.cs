using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The options of a fit on the command line, shared by every command that fits.</summary>
internal sealed class FitOptionSet
{
    private const string None = "none";

    private readonly Option<string> _preset = new("--preset") { Description = "Options to start from: default, seed, paper, amazon or anomalib.", DefaultValueFactory = _ => FitPresets.Default };
    private readonly Option<string[]?> _backbone = new("--backbone")
    {
        Description = "An embedded network by name, or an .onnx file. Several, separated by commas or given one by one, "
            + "each get a memory bank of their own.",
        HelpName = "NAME|FILE.onnx",
    };

    private readonly Option<string?> _taps = new("--taps") { Description = "The network outputs to use, separated by commas.", HelpName = "A,B" };
    private readonly Option<string?> _resize = new("--resize") { Description = "Resize to N pixels, or none.", HelpName = "N|none" };
    private readonly Option<ResizeKind?> _resizeKind = new("--resize-kind") { Description = "What N is: the shorter side (shorterside), or both sides (squash)." };
    private readonly Option<string?> _crop = new("--crop") { Description = "Keep the middle N x N pixels, or none to keep all.", HelpName = "N|none" };
    private readonly Option<string?> _coreset = new("--coreset") { Description = "The size of the memory bank: a share of the patches (with a point, 0.1) or a number of patches.", HelpName = "0.1|COUNT" };
    private readonly Option<double?> _coresetRadius = new("--coreset-radius") { Description = "Stop picking once every patch is within this distance of the memory bank; --coreset is then the most it may hold." };
    private readonly Option<CoresetMethod?> _coresetMethod = new("--coreset-method") { Description = "How the memory bank is picked: exact or approximate." };
    private readonly Option<int?> _patch = new("--patch") { Description = "The side of a patch's neighborhood: 1, 3, 5 or 7." };
    private readonly Option<int?> _neighbors = new("--neighbors") { Description = "A patch's score is its mean distance to this many nearest neighbors." };
    private readonly Option<int?> _folds = new("--folds") { Description = "The number of folds for the thresholds." };
    private readonly Option<CalibrationMethod?> _calibration = new("--calibration") { Description = "Judge each fold by the final bank less its own rows (maskedbank), by that bank, extended by further greedy selection among the other folds until it covers them as well (repairedbank), by a bank fitted on the other folds (refittedbank), or by one picked from what each of them keeps (pooledbank); automatic is repairedbank, or pooledbank beyond --max-memory." };
    private readonly Option<string?> _thresholdMethod = new("--threshold-method")
    {
        Description = "How thresholds are set: conformal, quantile, fixed or fold-maxima.",
        HelpName = "METHOD",
    };

    private readonly Option<bool> _foldBanks = new("--fold-banks")
    {
        Description = "Keep a memory bank per fold, picked from all other folds; images take the highest of their scores.",
    };

    private readonly Option<double?> _falseAlarmRate = new("--false-alarm-rate") { Description = "The share of good images that may be called abnormal." };
    private readonly Option<double?> _threshold = new("--fixed-threshold") { Description = "The threshold for --threshold-method fixed." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Decides the folds and whatever else is drawn.", DefaultValueFactory = _ => 0 };
    private readonly Option<int?> _batch = new("--batch") { Description = "Images per run of the network. Does not change results." };
    private readonly MemoryOption _maxMemory = new("What the patch features and the bank may take, such as 4GiB (the default is 8GiB). Larger sets go through a temporary file, and the bank is picked piece by piece.");
    private readonly Option<bool> _omitBackbone = new("--omit-backbone") { Description = "Leave the network out of the detector file, which then names it by its SHA-256." };
    private readonly Option<int?> _golden = new("--golden-images") { Description = "Good images kept in the detector file for 'verify' to replay, 0 to 16. With 0, the file contains no images.", HelpName = "N" };
    private readonly Option<ExecutionDevice> _device = GlobalOptions.Device();
    private readonly Option<string> _searchDevice = SearchDevice.Option();
    private readonly Option<int> _threads = GlobalOptions.Threads();
    private readonly ImageLimitOptions _imageLimits = new();
    private readonly ViewOptionSet _views = new();

    // What only a fit can use; a detector that is there already takes the network, the seed, the device and the threads.
    private Option[] ForFitAlone =>
    [
        _taps, _preset, _resize, _resizeKind, _crop, _coreset, _coresetRadius, _coresetMethod, _patch, _neighbors, _folds, _calibration,
        _thresholdMethod, _falseAlarmRate, _threshold, _foldBanks, _maxMemory.Option, _omitBackbone, _golden, .. _views.All,
    ];

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_backbone, .. ForFitAlone, _seed, _batch, _device, _searchDevice, _threads])
        {
            command.Options.Add(option);
        }

        _imageLimits.AddTo(command);
    }

    /// <summary>Opens the device for searches; null for the CPU.</summary>
    public SearchAccelerator? OpenAccelerator(ParseResult parsed, Action<string> notice) => SearchDevice.Open(parsed.GetRequiredValue(_searchDevice), notice);

    /// <summary>The seed asked for.</summary>
    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>The limits on images asked for.</summary>
    public ImageLimits ImageLimits(ParseResult parsed) => _imageLimits.Read(parsed);

    /// <summary>What loads a detector that is there already.</summary>
    /// <exception cref="UsageException">An option was given that only a fit can use.</exception>
    public LoadOptions ReadForLoad(ParseResult parsed, Action<string> notice)
    {
        if (ForFitAlone.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UsageException($"{given.Name} belongs to a fit, but the model is there already: leave out either {given.Name} or --model.");
        }

        LoadOptions options = UsageException.Guard(() => new LoadOptions
        {
            Device = parsed.GetValue(_device),
            Threads = parsed.GetValue(_threads),
            BatchSize = parsed.GetValue(_batch) ?? new LoadOptions().BatchSize,
            ImageLimits = _imageLimits.Read(parsed),
            Notice = notice,
        });
        return options with { Backbones = BackboneNames.Open(parsed.GetValue(_backbone)) };
    }

    /// <summary>The options that the user asked for; the preset's elsewhere.</summary>
    public FitOptions Read(ParseResult parsed, Action<string> notice)
    {
        FitOptions options = UsageException.Guard(() => Combine(parsed, notice));
        options = options with { Backbones = BackboneNames.Open(parsed.GetValue(_backbone)) };
        return UsageException.Guard(() =>
        {
            options.Validate();
            return options;
        });
    }

    private FitOptions Combine(ParseResult parsed, Action<string> notice)
    {
        FitOptions options = FitPresets.Create(parsed.GetValue(_preset)!) with
        {
            Seed = parsed.GetValue(_seed),
            Device = parsed.GetValue(_device),
            Threads = parsed.GetValue(_threads),
            IncludeBackbone = !parsed.GetValue(_omitBackbone),
            ImageLimits = _imageLimits.Read(parsed),
            Notice = notice,
        };
        options = options with
        {
            Taps = parsed.GetValue(_taps)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? options.Taps,
            Folds = parsed.GetValue(_folds) ?? options.Folds,
            BatchSize = parsed.GetValue(_batch) ?? options.BatchSize,
            GoldenImages = parsed.GetValue(_golden) ?? options.GoldenImages,
            MaxMemory = _maxMemory.Read(parsed) ?? options.MaxMemory,
            Calibration = parsed.GetValue(_calibration) ?? options.Calibration,
            FoldBanks = options.FoldBanks || parsed.GetValue(_foldBanks) || parsed.GetValue(_thresholdMethod) is ThresholdMethodName.Old,
            Patches = options.Patches with { PatchSize = parsed.GetValue(_patch) ?? options.Patches.PatchSize },
            Scoring = options.Scoring with { Neighbors = parsed.GetValue(_neighbors) ?? options.Scoring.Neighbors },
            Threshold = Threshold(parsed, options.Threshold),
            Coreset = Coreset(parsed, options),
        };
        options = _views.Read(parsed, Preprocessing(parsed, options));
        options.Validate();
        return options;
    }

    private FitOptions Preprocessing(ParseResult parsed, FitOptions options)
    {
        ResizeKind kind = parsed.GetValue(_resizeKind) ?? options.Resize;
        if (parsed.GetValue(_resize) is { } resize)
        {
            options = string.Equals(resize, None, StringComparison.OrdinalIgnoreCase)
                ? options with { Resize = ResizeKind.None }
                : options with { Resize = kind == ResizeKind.None ? ResizeKind.ShorterSide : kind, ResizeSize = Pixels("--resize", resize) };
        }
        else
        {
            options = options with { Resize = kind };
        }

        return parsed.GetValue(_crop) is { } crop
            ? options with { Crop = string.Equals(crop, None, StringComparison.OrdinalIgnoreCase) ? null : Pixels("--crop", crop) }
            : options;
    }

    private ThresholdOptions Threshold(ParseResult parsed, ThresholdOptions preset)
    {
        double? value = parsed.GetValue(_threshold);
        return new ThresholdOptions
        {
            Method = ThresholdMethodName.Read(parsed.GetValue(_thresholdMethod)) ?? (value is null ? preset.Method : ThresholdMethod.Fixed),
            FalseAlarmRate = parsed.GetValue(_falseAlarmRate) ?? preset.FalseAlarmRate,
            FixedValue = value,
        };
    }

    private CoresetOptions Coreset(ParseResult parsed, FitOptions options)
    {
        CoresetOptions preset = options.Coreset;
        double? radius = parsed.GetValue(_coresetRadius);
        (double? fraction, int? count) = parsed.GetValue(_coreset) is { } size ? CoresetSize.Read(size)
            : radius is null ? (preset.Fraction, preset.Count)
            : (null, null);
        return new CoresetOptions(
            fraction,
            count,
            parsed.GetValue(_coresetMethod) ?? preset.Method,
            radius,
            preset.ProjectionDimension);
    }

    private static int Pixels(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels)
            ? pixels
            : throw new UsageException($"{option} takes a number of pixels or none, not '{text}'.");
}
