using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>Writes down what a fit made, and how. Thread-safe: nothing is kept.</summary>
internal static class DetectorDescription
{
    /// <summary>The version of this engine.</summary>
    public static string Engine => typeof(AnomalyDetector).Assembly.GetName().Version!.ToString(3);

    /// <summary>The header of a fitted detector.</summary>
    public static DetectorDocument Of(
        BackboneFile file,
        OnnxBackbone backbone,
        PreprocessingOptions preprocessing,
        DatasetFolder good,
        IReadOnlyList<string> imageHashes,
        int patches,
        FitOptions options,
        CalibrationMethod calibration,
        FittedBanks fitted) => new()
        {
            Engine = Engine,
            Backbone = new BackboneRecord
            {
                Name = file.Name,
                Sha256 = file.Sha256,
                Taps = backbone.Taps,
                Included = options.IncludeBackbone,
                Manifest = file.Manifest,
            },
            Preprocessing = preprocessing,
            Patches = options.Patches,
            Scoring = options.Scoring,
            Map = options.Map,
            Thresholds = fitted.Thresholds,
            Fit = new FitRecord
            {
                Preset = options.Preset,
                Images = [.. good.Items.Select(item => item.RelativePath)],
                ImageHashes = imageHashes,
                Steps = [new FitStep(FitStep.Fit, good.Items.Count, fitted.Banks.Sum(bank => bank.Vectors.Rows))],
                Patches = patches,
                CoresetMethod = options.Coreset.Method,
                CoresetFraction = options.Coreset.Fraction,
                CoresetCount = options.Coreset.Count,
                CoresetRadius = options.Coreset.CoveringRadius,
                ProjectionDimension = options.Coreset.ProjectionDimension,
                CoveringRadius = fitted.CoveringRadius,
                Pieces = fitted.Pieces,
                Calibration = calibration,
                Folds = options.Folds,
                Seed = options.Seed,
                Device = backbone.Device.ToString().ToLower(CultureInfo.InvariantCulture),
            },
            Banks = [.. fitted.Banks.Select(bank => new BankRecord(bank.Vectors.Rows, bank.Vectors.Columns))],
        };
}
