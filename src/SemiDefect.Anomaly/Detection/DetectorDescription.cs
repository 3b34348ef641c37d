using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Detection;

/// <summary>Creates the record of a fit. Stateless.</summary>
internal static class DetectorDescription
{
    /// <summary>The version of this engine.</summary>
    public static string Engine => typeof(AnomalyDetector).Assembly.GetName().Version!.ToString(3);

    /// <summary>The header of a fitted detector.</summary>
    public static DetectorDocument Of(
        IReadOnlyList<Lane> lanes,
        IReadOnlyList<BackboneFile?> files,
        IReadOnlyList<FittedLane> fitted,
        ScoreFusion fusion,
        DetectorThresholds thresholds,
        IImageSource good,
        IReadOnlyList<string> imageHashes,
        FitOptions options)
    {
        BranchRecord[] branches =
        [
            .. fitted.SelectMany((lane, i) => lane.Banks.Select(bank => new BranchRecord(
                i,
                options.Scoring,
                options.Map,
                new BankRecord(bank.Vectors.Rows, bank.Vectors.Columns)
                {
                    Patches = lane.Patches,
                    CoveringRadius = lane.CoveringRadius,
                }))),
        ];
        return new DetectorDocument
        {
            Engine = Engine,
            Lanes =
            [
                .. lanes.Select((lane, i) =>
                    new LaneRecord(BackboneOf(lane.Encoder, files[i], options), lane.Plan, options.Patches)
                    {
                        Whitening = lane.Whitening is { } whitening ? whitening.Record with { Lane = i } : null,
                    })
            ],
            Reading = ReadingRecord.Of(options.Reading),
            Branches = branches,
            Fusion = fusion,
            Thresholds = thresholds,
            Fit = new FitRecord
            {
                Preset = options.Preset,
                Images = [.. Enumerable.Range(0, good.Count).Select(image => good.Describe(image).Name)],
                ImageHashes = imageHashes,
                Steps = [new FitStep(FitStep.Fit, good.Count, branches.Sum(branch => branch.Bank.Rows))],
                Patches = fitted.Sum(lane => lane.Patches),
                CoresetMethod = options.Coreset.Method,
                CoresetFraction = options.Coreset.Fraction,
                CoresetMaximum = options.Coreset.Maximum,
                CoresetCount = options.Coreset.Count,
                CoresetRadius = options.Coreset.CoveringRadius,
                ProjectionDimension = options.Coreset.ProjectionDimension,
                CoveringRadius = fitted.Max(lane => lane.CoveringRadius),
                Pieces = fitted.Max(lane => lane.Pieces),
                Calibration = fitted[0].Calibration,
                Folds = options.Folds,
                Seed = options.Seed,
                Device = DeviceOf(lanes[0].Encoder).ToString().ToLower(CultureInfo.InvariantCulture),
            },
        };
    }

    /// <summary>The device of an encoder; custom encoders count as the CPU.</summary>
    public static ExecutionDevice DeviceOf(IPatchEncoder encoder) =>
        NetworkOf(encoder)?.Device ?? ExecutionDevice.Cpu;

    private static OnnxPatchEncoder? NetworkOf(IPatchEncoder encoder) =>
        (encoder is EncoderShare share ? share.Encoder : encoder) as OnnxPatchEncoder;

    private static BackboneRecord BackboneOf(IPatchEncoder encoder, BackboneFile? file, FitOptions options) => new()
    {
        Name = encoder.Info.Name,
        Sha256 = encoder.Info.Identity,
        Taps = NetworkOf(encoder)?.Taps ?? [],
        Included = file is not null && options.IncludeBackbone,
        Manifest = file?.Manifest,
        IsCustom = file is null,
    };
}
