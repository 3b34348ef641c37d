namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>One row of a csv file, and the line that it begins on, counted from 1.</summary>
internal readonly record struct CsvRow(int Line, IReadOnlyList<string> Fields);
