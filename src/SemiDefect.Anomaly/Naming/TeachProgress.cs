namespace SemiDefect.Anomaly.Naming;

/// <summary>The progress of <see cref="AnomalyDetector.LearnNames"/>.</summary>
/// <param name="Done">The images inspected so far.</param>
/// <param name="Total">The images to inspect: the labeled ones and, once they are read, those of their views.</param>
public readonly record struct TeachProgress(int Done, int Total);
