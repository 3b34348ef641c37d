using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>All that an evaluation finds. Immutable, and so thread-safe.</summary>
public sealed record EvaluationResult
{
    /// <summary>The data set's name.</summary>
    public required string Name { get; init; }

    /// <summary>The verdicts, in the order of the data set.</summary>
    public required IReadOnlyList<ImageResult> Images { get; init; }

    /// <summary>Images that could not be read, with the reason; they count nowhere.</summary>
    public required IReadOnlyList<(string Path, string Reason)> Unreadable { get; init; }

    /// <summary>The image threshold, set without any label.</summary>
    public required ThresholdEstimate Threshold { get; init; }

    /// <summary>The pixel threshold, set without any label.</summary>
    public required ThresholdEstimate PixelThreshold { get; init; }

    /// <summary>How well scores separate abnormal from good images, whatever the threshold.</summary>
    public required ImageMetrics Ranking { get; init; }

    /// <summary>What became of the images at the threshold.</summary>
    public required Confusion AtThreshold { get; init; }

    /// <summary>95 % intervals of the image metrics.</summary>
    public required BootstrapIntervals Intervals { get; init; }

    /// <summary>The pixel metrics; null where no abnormal image has a mask.</summary>
    public PixelReport? Pixel { get; init; }

    /// <summary>Every type of defect, in ordinal order.</summary>
    public required IReadOnlyList<TypeResult> PerType { get; init; }

    /// <summary>The size classes, small to large; empty where no abnormal image has a mask.</summary>
    public required IReadOnlyList<SizeResult> PerSize { get; init; }

    /// <summary>Means over the types of defect, so that rare types count.</summary>
    public required MacroAverages Macro { get; init; }

    /// <summary>What the reader must know, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Seconds spent on inspecting the images, decoding included. Measured, and so different each time.</summary>
    public required double InspectionSeconds { get; init; }
}
