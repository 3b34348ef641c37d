using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>How far the making of a sample set has come.</summary>
/// <param name="Done">Images written so far, without masks.</param>
/// <param name="Total">Images to be written.</param>
public readonly record struct SampleProgress(int Done, int Total);
