using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The command-line options of a fit, shared by all commands that fit.</summary>
internal sealed class FitOptionSet
{
    private const string None = "none";

    private readonly Option<string> _preset = new("--preset")
    {
        Description = "The preset to start from: default, fast, seed, paper, amazon or anomalib.",
        DefaultValueFactory = _ => FitPresets.Default,
    };

    private readonly Option<string[]?> _backbone = new("--backbone")
    {
        Description = "The name of an embedded network, or an .onnx file. With several, separated by commas or "
            + "repeated, each gets its own memory bank.",
        HelpName = "NAME|FILE.onnx",
    };

    private readonly Option<string?> _taps = new("--taps")
    {
        Description = "The network outputs to use, separated by commas.",
        HelpName = "A,B",
    };

    private readonly Option<string?> _resize = new("--resize")
    {
        Description = "Resize to N pixels, or none for no resizing.",
        HelpName = "N|none",
    };

    private readonly Option<ResizeKind?> _resizeKind = new("--resize-kind")
    {
        Description = "What --resize applies to: the shorter side (shorterside), or both sides (squash).",
    };

    private readonly Option<string?> _crop = new("--crop")
    {
        Description = "Crop to the central N x N pixels, or none for no cropping.",
        HelpName = "N|none",
    };

    private readonly Option<string?> _coreset = new("--coreset")
    {
        Description = "The size of the memory bank: a fraction of the patches (with a decimal point, such as 0.1) or "
            + "a number of patches.",
        HelpName = "0.1|COUNT",
    };

    private readonly Option<double?> _coresetRadius = new("--coreset-radius")
    {
        Description = "Stop selecting once every patch is within this distance of the memory bank; --coreset is then "
            + "its maximum size.",
    };

    private readonly Option<CoresetMethod?> _coresetMethod = new("--coreset-method")
    {
        Description = "How the memory bank is selected: exact or approximate.",
    };

    private readonly Option<int?> _patch = new("--patch")
    {
        Description = "The side length of a patch's neighborhood: 1, 3, 5 or 7.",
    };

    private readonly Option<int?> _neighbors = new("--neighbors")
    {
        Description = "The number of nearest neighbors; a patch's score is its mean distance to them.",
    };

    private readonly Option<int?> _folds = new("--folds")
    {
        Description = "The number of folds for threshold calibration.",
    };

    private readonly Option<CalibrationMethod?> _calibration = new("--calibration")
    {
        Description = "The memory bank that scores each held-out fold: the final bank without the fold's rows "
            + "(maskedbank); that bank, extended by greedy selection from the other folds until it covers them "
            + "equally well (repairedbank); a bank fitted on the other folds (refittedbank); or a bank selected from "
            + "candidates kept for each fold (pooledbank). automatic is repairedbank, or pooledbank beyond "
            + "--max-memory.",
        CustomParser = CalibrationName.Read,
    };

    private readonly Option<double?> _contamination = new("--contamination")
    {
        Description = "The largest share of the good images that may be defective, 0 to 0.3: images whose out-of-fold "
            + "scores stand out are left out, up to this share.",
        HelpName = "SHARE",
    };

    private readonly Option<string?> _thresholdMethod = new("--threshold-method")
    {
        Description = "How thresholds are set: conformal, quantile, fixed or fold-maxima.",
        HelpName = "METHOD",
    };

    private readonly Option<bool> _foldBanks = new("--fold-banks")
    {
        Description =
            "Keep one memory bank per fold, selected from the other folds; the highest of their scores counts.",
    };

    private readonly Option<double?> _falseAlarmRate = new("--false-alarm-rate")
    {
        Description = "The fraction of good images that may be called abnormal.",
    };

    private readonly Option<double?> _checkRate = new("--check-rate")
    {
        Description = "The fraction of good images that may be called abnormal or be shown to a person; 0 for no "
            + "images to check. By default 0.05, if that is above --false-alarm-rate.",
    };

    private readonly Option<double?> _threshold = new("--fixed-threshold")
    {
        Description = "The threshold for --threshold-method fixed.",
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "The random seed for the folds and all other random choices.",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<int?> _batch = new("--batch")
    {
        Description = "The number of images per network run. Does not affect results.",
    };

    private readonly MemoryOption _maxMemory = new(
        "The memory limit for patch features and the memory bank, such as 4GiB (default: 8GiB). Larger data sets use a "
            + "temporary file, and the bank is selected in pieces.");

    private readonly Option<bool> _omitBackbone = new("--omit-backbone")
    {
        Description = "Do not store the network in the detector file, only its SHA-256.",
    };

    private readonly Option<int?> _golden = new("--golden-images")
    {
        Description = "The number of good images stored in the detector file for 'verify' to replay, 0 to 16. With 0, "
            + "the file contains no images.",
        HelpName = "N",
    };

    private readonly Option<ExecutionDevice> _device = GlobalOptions.Device();
    private readonly Option<string> _searchDevice = SearchDevice.Option();
    private readonly Option<int> _threads = GlobalOptions.Threads();
    private readonly ImageLimitOptions _imageLimits = new();
    private readonly ViewOptionSet _views = new();
    private readonly PageOption _page = new();
    private readonly WindowOption _window = new();

    private readonly Option<int?> _bitDepth = new("--bit-depth")
    {
        Description = "How many bits of samples of 16 bits the camera uses, 8 to 16. By default, it is found from the "
            + "good images.",
        HelpName = "BITS",
    };

    // Options that apply only to a fit. An existing detector also accepts the network, seed, batch size, device and
    // threads.
    private Option[] ForFitAlone =>
    [
        _taps, _preset, _resize, _resizeKind, _crop, _coreset, _coresetRadius, _coresetMethod, _patch, _neighbors,
        _folds, _calibration, _contamination,
        _thresholdMethod, _falseAlarmRate, _checkRate, _threshold, _foldBanks, _maxMemory.Option, _omitBackbone,
        _golden, _bitDepth, .. _window.All, _page.Option, .. _views.All,
    ];

    public void AddTo(Command command)
    {
        foreach (Option option
            in (Option[])[_backbone, .. ForFitAlone, _seed, _batch, _device, _searchDevice, _threads])
        {
            command.Options.Add(option);
        }

        _imageLimits.AddTo(command);
    }

    /// <summary>Opens the device for neighbor search; null for the CPU.</summary>
    public SearchAccelerator? OpenAccelerator(ParseResult parsed, ILogger logger) =>
        SearchDevice.Open(parsed.GetRequiredValue(_searchDevice), logger);

    /// <summary>Reads the seed.</summary>
    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>Whether each page of a file is an image of its own.</summary>
    public bool HasAllPages(ParseResult parsed) => _page.IsAll(parsed);

    /// <summary>Refuses each page as an image of its own, for a command that labels files.</summary>
    /// <exception cref="UsageException">It is asked for.</exception>
    public void RefuseAllPages(ParseResult parsed)
    {
        if (_page.IsAll(parsed))
        {
            throw new UsageException("--page all is for fit and score; choose one page.");
        }
    }

    /// <summary>How images are read.</summary>
    /// <exception cref="UsageException">A value is invalid.</exception>
    public ImageReading Reading(ParseResult parsed) => UsageException.Guard(() => new ImageReading
    {
        Limits = _imageLimits.Read(parsed),
        BitDepth = parsed.GetValue(_bitDepth),
        Intensity = _window.Read(parsed),
        Page = _page.Read(parsed) ?? 1,
    });

    /// <summary>Reads the options for loading an existing detector.</summary>
    /// <exception cref="UsageException">An option applies only to a fit.</exception>
    public LoadOptions ReadForLoad(ParseResult parsed, ILogger logger)
    {
        if (ForFitAlone.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UsageException($"{given.Name} applies only to a fit and cannot be combined with --model.");
        }

        LoadOptions options = UsageException.Guard(() => new LoadOptions
        {
            Device = parsed.GetValue(_device),
            Threads = parsed.GetValue(_threads),
            BatchSize = parsed.GetValue(_batch) ?? new LoadOptions().BatchSize,
            ImageLimits = _imageLimits.Read(parsed),
            Logger = logger,
        });
        return options with { Backbones = BackboneNames.Open(parsed.GetValue(_backbone)) };
    }

    /// <summary>Reads the options, with the preset's values as defaults.</summary>
    public FitOptions Read(ParseResult parsed, ILogger logger)
    {
        FitOptions options = UsageException.Guard(() => Combine(parsed, logger));
        options = options with { Backbones = BackboneNames.Open(parsed.GetValue(_backbone)) };
        return UsageException.Guard(() =>
        {
            options.Validate();
            return options;
        });
    }

    private FitOptions Combine(ParseResult parsed, ILogger logger)
    {
        FitOptions options = FitPresets.Create(parsed.GetValue(_preset)!) with
        {
            Seed = parsed.GetValue(_seed),
            Device = parsed.GetValue(_device),
            Threads = parsed.GetValue(_threads),
            BitDepth = parsed.GetValue(_bitDepth),
            Intensity = _window.Read(parsed),
            Page = _page.Read(parsed),
            IncludeBackbone = !parsed.GetValue(_omitBackbone),
            ImageLimits = _imageLimits.Read(parsed),
            Logger = logger,
        };
        options = options with
        {
            Taps = parsed.GetValue(_taps)
                ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                ?? options.Taps,
            Folds = parsed.GetValue(_folds) ?? options.Folds,
            BatchSize = parsed.GetValue(_batch) ?? options.BatchSize,
            GoldenImages = parsed.GetValue(_golden) ?? options.GoldenImages,
            MaxMemory = _maxMemory.Read(parsed) ?? options.MaxMemory,
            Calibration = parsed.GetValue(_calibration) ?? options.Calibration,
            Contamination = parsed.GetValue(_contamination) ?? options.Contamination,
            FoldBanks = options.FoldBanks
                || parsed.GetValue(_foldBanks)
                || parsed.GetValue(_thresholdMethod) is ThresholdMethodName.Old,
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
                : options with
                {
                    Resize = kind == ResizeKind.None ? ResizeKind.ShorterSide : kind,
                    ResizeSize = Pixels("--resize", resize),
                };
        }
        else
        {
            options = options with { Resize = kind };
        }

        return parsed.GetValue(_crop) is { } crop
            ? options with
            {
                Crop = string.Equals(crop, None, StringComparison.OrdinalIgnoreCase) ? null : Pixels("--crop", crop),
            }
            : options;
    }

    private ThresholdOptions Threshold(ParseResult parsed, ThresholdOptions preset)
    {
        double? value = parsed.GetValue(_threshold);
        ThresholdOptions options = preset with
        {
            Method = ThresholdMethodName.Read(parsed.GetValue(_thresholdMethod))
                ?? (value is null ? preset.Method : ThresholdMethod.Fixed),
            FalseAlarmRate = parsed.GetValue(_falseAlarmRate) ?? preset.FalseAlarmRate,
            FixedValue = value,
        };
        return parsed.GetValue(_checkRate) is { } check ? options with { CheckRate = check } : options;
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
            preset.ProjectionDimension)
        {
            Maximum = parsed.GetValue(_coreset) is null ? preset.Maximum : null,
        };
    }

    private static int Pixels(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels)
            && pixels > 0
            ? pixels
            : throw new UsageException($"{option} must be a number of pixels or none, not '{text}'.");
}
