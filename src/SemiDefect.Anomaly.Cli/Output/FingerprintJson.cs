using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Cli.Output;

internal sealed record DetectorFingerprintJson(
    int Schema,
    string Kind,
    string Model,
    string Sha256,
    string ShortForm,
    FingerprintPartsJson Parts);

internal sealed record DatasetFingerprintJson(
    int Schema,
    string Kind,
    string Dataset,
    string Sha256,
    string ShortForm,
    int Images,
    long Bytes);

internal sealed record FingerprintPartsJson(string Network, string Options, string Bank, string Thresholds)
{
    public static FingerprintPartsJson Of(DetectorFingerprint fingerprint) =>
        new(fingerprint.Network, fingerprint.Options, fingerprint.Bank, fingerprint.Thresholds);
}

internal sealed record ReplayJson(
    int Schema,
    string Model,
    string Fingerprint,
    string Device,
    int Images,
    int Patches,
    double? FeatureDeviation,
    double? RelativeFeatureDeviation,
    double? ScoreDeviation,
    double? RelativeScoreDeviation,
    double? ScoreBound,
    double? NearestMargin,
    int WithinBound,
    IReadOnlyList<string> Flipped,
    bool Identical,
    bool CouldFlip);
