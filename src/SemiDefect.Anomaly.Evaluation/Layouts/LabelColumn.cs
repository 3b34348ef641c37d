using System.Globalization;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// The labels of a list, understood together: words (see <see cref="LabelWords"/>), 0 and 1 or false and true (1 is
/// defective), or 1 and -1 (-1 is defective). Any other word is a type of defect. Immutable and thread-safe.
/// </summary>
internal sealed class LabelColumn
{
    private readonly bool _isSigned;

    private LabelColumn(bool isSigned) => _isSigned = isSigned;

    /// <summary>Looks at all labels of a list.</summary>
    /// <exception cref="SemiDefectException">They cannot be understood; the message names them.</exception>
    public static LabelColumn Of(IEnumerable<string> labels, string path)
    {
        string[] distinct = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        decimal[] numbers = [.. distinct.Select(NumberOf).OfType<decimal>().Distinct()];
        bool isSigned = numbers.Contains(-1);
        foreach (decimal number in numbers)
        {
            if (isSigned ? number is not (1 or -1) : number < 0 || number != decimal.Truncate(number))
            {
                string shown = number.ToString(CultureInfo.InvariantCulture);
                throw new SemiDefectException(
                    $"'{path}' has the label {shown}{(isSigned ? " beside -1" : "")}, of which is not known whether it "
                        + $"means good: write a word ({LabelWords.Examples}, or a type of defect), or 0 and 1.");
            }
        }

        var column = new LabelColumn(isSigned);
        return distinct.Any(label => column.Read(label).IsGood)
            ? column
            : throw new SemiDefectException(
                $"'{path}' has no good image: its labels are {Shown(distinct)}. Good is written "
                    + $"{LabelWords.Examples}, or 0; correct the labels, or add good images.");
    }

    /// <summary>Whether a label means good, and the type: good, defect, or a type of its own.</summary>
    public (bool IsGood, string Type) Read(string label)
    {
        LabelMeaning meaning = NumberOf(label) is { } number
            ? number == (_isSigned ? 1 : 0) ? LabelMeaning.Good
                : number == (_isSigned ? -1 : 1) ? LabelMeaning.Bad
                : LabelMeaning.Other
            : LabelWords.Fold(label) switch
            {
                "false" => LabelMeaning.Good,
                "true" => LabelMeaning.Bad,
                _ => LabelWords.Of(label),
            };
        return meaning switch
        {
            LabelMeaning.Good => (true, LabeledDataset.Good),
            LabelMeaning.Bad => (false, "defect"),
            _ => (false, label),
        };
    }

    // Spreadsheets of some countries write a comma in numbers.
    private static decimal? NumberOf(string label) =>
        decimal.TryParse(
            label.Replace(',', '.'),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out decimal number)
            ? number
            : null;

    private static string Shown(string[] labels)
    {
        const int Most = 5;
        string list = string.Join(", ", labels.Take(Most).Select(ListFile.Printable));
        return labels.Length > Most ? $"{list} and {labels.Length - Most} more" : list;
    }
}
