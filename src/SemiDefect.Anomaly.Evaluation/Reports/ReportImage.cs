using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>One inspected image as a report shows it. Immutable, and so thread-safe.</summary>
public sealed record ReportImage
{
    /// <summary>What the image is called in the report.</summary>
    public required string Path { get; init; }

    /// <summary>Where it lies.</summary>
    public required string FullPath { get; init; }

    /// <summary>The anomaly score.</summary>
    public required double Score { get; init; }

    /// <summary>The threshold in force.</summary>
    public required double Threshold { get; init; }

    /// <summary>The conformal p-value, or null.</summary>
    public double? PValue { get; init; }

    /// <summary>The truth; null where it is not known.</summary>
    public bool? IsAbnormal { get; init; }

    /// <summary>'good' or the kind of defect; null where it is not known.</summary>
    public string? Type { get; init; }

    /// <summary>The picture that marks the defect, or null.</summary>
    public string? MaskPath { get; init; }

    /// <summary>Score less threshold.</summary>
    public double Margin => Score - Threshold;

    /// <summary>The verdict.</summary>
    public bool IsCalledAbnormal => Score > Threshold;

    /// <summary>Whether the verdict is known to be wrong.</summary>
    public bool IsWrong => IsAbnormal is bool truth && truth != IsCalledAbnormal;

    /// <summary>How far up a gallery the image belongs: the wrong verdicts first, and the worst of them first; without truth, the highest margins.</summary>
    public double Concern => IsAbnormal == true ? -Margin : Margin;

    /// <summary>alarm, escape or right; without truth abnormal or normal.</summary>
    internal string Sort => IsAbnormal is null
        ? (IsCalledAbnormal ? "abnormal" : "normal")
        : !IsWrong ? "right" : IsCalledAbnormal ? "alarm" : "escape";

    /// <summary>An evaluated image.</summary>
    public static ReportImage From(ImageResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ReportImage
        {
            Path = result.Image.Path,
            FullPath = result.Image.FullPath,
            Score = result.Score,
            Threshold = result.Threshold,
            PValue = result.PValue,
            IsAbnormal = result.Image.IsAbnormal,
            Type = result.Image.Type,
            MaskPath = result.Image.MaskPath,
        };
    }

    /// <summary>An inspected image whose truth is not known.</summary>
    /// <param name="inspection">The inspection of a file, named by its path.</param>
    /// <param name="path">What to call it.</param>
    public static ReportImage From(Inspection inspection, string path)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return new ReportImage { Path = path, FullPath = inspection.Name, Score = inspection.Score, Threshold = inspection.Threshold, PValue = inspection.PValue };
    }
}
