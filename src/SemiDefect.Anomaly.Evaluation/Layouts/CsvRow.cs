namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>A row of a CSV file, with the number of its first line, from 1.</summary>
internal readonly record struct CsvRow(int Line, IReadOnlyList<string> Fields);
