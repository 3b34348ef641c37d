using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Verification;

/// <summary>
/// SHA-256 of everything that affects decisions: two detectors with the same fingerprint give the same scores,
/// p-values, decisions and maps. Everything else is left out: engine version, names of images and networks, how the
/// bank was selected, the device, whether the file contains the network. Each part has a hash of its own, which shows
/// where two detectors differ. The hashed text can be reproduced with other tools: docs/fingerprint.md. Immutable and
/// thread-safe.
/// </summary>
/// <param name="Sha256">The fingerprint, 64 lower-case hexadecimal digits.</param>
/// <param name="Network">SHA-256 of the bytes of the network and its taps.</param>
/// <param name="Options">SHA-256 of the preprocessing, patch, scoring and map options.</param>
/// <param name="Bank">SHA-256 of the vectors of the memory banks.</param>
/// <param name="Thresholds">SHA-256 of the thresholds and the out-of-fold scores behind p-values.</param>
public sealed record DetectorFingerprint(string Sha256, string Network, string Options, string Bank, string Thresholds)
{
    /// <summary>
    /// The first 16 digits in groups of four: enough to compare two detectors by telephone, unless tampering is
    /// suspected.
    /// </summary>
    public string ShortForm => SpokenHash.Groups(Sha256, 4);

    /// <summary>All digits in 16 groups of four.</summary>
    public string Spoken => SpokenHash.Groups(Sha256, 16);

    /// <summary>The fingerprint of a detector file, which is also verified.</summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static DetectorFingerprint Read(string path)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        return Of(bundle);
    }

    internal static DetectorFingerprint Of(DetectorBundle bundle)
    {
        string network = Hash(string.Concat(bundle.Document.Lanes.Select(lane => NetworkText(lane.Backbone))));
        string options = Hash(OptionsText(bundle.Document));
        string bank = Hash(BankText(bundle));
        string thresholds = Hash(ThresholdsText(bundle.Document));
        string whole = Hash(
            $"semidefect detector 1\nnetwork {network}\noptions {options}\nbank {bank}\nthresholds {thresholds}\n");
        return new DetectorFingerprint(whole, network, options, bank, thresholds);
    }

    private static string NetworkText(BackboneRecord backbone) =>
        $"network 1\nsha256 {backbone.Sha256}\n{string.Concat(backbone.Taps.Select(tap => $"tap {tap}\n"))}";

    private static string OptionsText(DetectorDocument document)
    {
        var text = new StringBuilder("options 1\n");
        for (int i = 0; i < document.Lanes.Count; i++)
        {
            // The banks of folds share all options.
            AppendOptions(text, document.Lanes[i], document.Branches.First(branch => branch.Lane == i));
        }

        // Omitted if unused, so that fingerprints of other detectors remain the same.
        if (document.Reading?.BitDepth is { } bitDepth)
        {
            text.Append(CultureInfo.InvariantCulture, $"bit-depth {bitDepth}\n");
        }

        if (document.Reading?.Page is { } page)
        {
            text.Append(CultureInfo.InvariantCulture, $"page {page}\n");
        }

        if (document.Reading?.Intensity is { } intensity)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"intensity {intensity.Kind} {intensity.Low:R} {intensity.High:R}\n");
        }

        foreach (ScoreScale scale in document.Fusion.Scales)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"fusion {document.Fusion.Rule} center {scale.Center:R} spread {scale.Spread:R}\n");
        }

        return text.ToString();
    }

    private static void AppendOptions(StringBuilder text, LaneRecord lane, BranchRecord branch)
    {
        void Line(string name, params object[] values) =>
            text.Append(name)
                .AppendJoin(
                    string.Empty, values.Select(value => ' ' + Convert.ToString(value, CultureInfo.InvariantCulture)))
                .Append('\n');

        Line("resize", lane.Views.Preprocessing.Resize);
        Line("size", lane.Views.Preprocessing.Size);
        Line("crop", lane.Views.Preprocessing.Crop ?? 0);
        Line("mean", [.. lane.Views.Preprocessing.Mean]);
        Line("deviation", [.. lane.Views.Preprocessing.Deviation]);
        Line("patch-size", lane.Patches.PatchSize);
        Line("patch-pooling", lane.Patches.Pooling);
        if (lane.Patches.Pooling == PatchPooling.AdaptiveMean)
        {
            Line("dimensions", lane.Patches.PretrainDimension, lane.Patches.TargetDimension);
        }

        // Omitted if unused, so that fingerprints of other detectors remain the same.
        if (lane.Projection is { } projection)
        {
            Line("projection", projection.Sha256);
        }

        if (lane.Whitening is { } whitening)
        {
            Line("whitening", whitening.Sha256);
            if (whitening.Score != DeviationScore.GeometricMean)
            {
                Line("deviation-score", whitening.Score);
            }
        }

        Line("neighbors", branch.Scoring.Neighbors);
        Line("metric", branch.Scoring.Metric);
        Line("image-score", branch.Scoring.ImageScore);
        if (branch.Scoring.ImageScore == ImageScoreRule.Reweighted)
        {
            Line("reweighting-neighbors", branch.Scoring.ReweightingNeighbors);
        }

        // Left out without smoothing, so that older detectors keep their fingerprint.
        if (branch.Scoring.Smoothing > 0)
        {
            Line("smoothing", branch.Scoring.Smoothing);
        }

        Line("upsampling", branch.Map.Upsampling);
        Line("blur", branch.Map.BlurSigma, branch.Map.BlurBorder);

        // Omitted if unused, so that fingerprints of older detectors remain the same.
        if (lane.Views.Tile > 0)
        {
            Line("tile", lane.Views.Tile, lane.Views.TileOverlap);
        }

        if (lane.Views.Region is { } region)
        {
            Line("region", region.Left, region.Top, region.Width, region.Height, region.MaskSha256 ?? "all");
        }
    }

    private static string BankText(DetectorBundle bundle)
    {
        var text = new StringBuilder("bank 1\n");
        for (int i = 0; i < bundle.Banks.Count; i++)
        {
            MemoryBank bank = bundle.Banks[i];
            string name = DetectorFileLayout.Vectors(i);

            // The sections were verified against their hashes when the file was read.
            string sha256 = bundle.Document.Sections.FirstOrDefault(section => section.Name == name)?.Sha256
                ?? HashVectors(bank);
            text.Append(
                CultureInfo.InvariantCulture,
                $"rows {bank.Vectors.Rows} columns {bank.Vectors.Columns} sha256 {sha256}\n");
        }

        return text.ToString();
    }

    private static string ThresholdsText(DetectorDocument document)
    {
        var text = new StringBuilder("thresholds 1\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"image {document.Thresholds.Image.Value:R}\npixel {document.Thresholds.Pixel.Value:R}\n");

        // Omitted if unused, so that fingerprints of other detectors remain the same.
        if (document.Thresholds.Check is { } check)
        {
            text.Append(CultureInfo.InvariantCulture, $"check {check.Value:R}\n");
        }

        foreach (double score in document.Thresholds.ImageScores.Order())
        {
            text.Append(CultureInfo.InvariantCulture, $"held-out {score:R}\n");
        }

        return text.ToString();
    }

    private static string HashVectors(MemoryBank bank)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        DetectorFileWriter.EmitVectors(bank.Vectors, block => hash.AppendData(block.Span));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
