namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>The progress of generating a sample data set. Immutable and thread-safe.</summary>
/// <param name="Done">Number of images written so far, not counting masks.</param>
/// <param name="Total">Total number of images.</param>
public readonly record struct SampleProgress(int Done, int Total);
