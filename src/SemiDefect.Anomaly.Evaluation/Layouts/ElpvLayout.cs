using System.Globalization;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// The list of ELPV (Buerhop-Lutz et al. 2018): a line for each solar cell with its path, the probability of a defect
/// and the type of cell, without a header. Stateless.
/// </summary>
internal static class ElpvLayout
{
    // Of 0, 1/3, 2/3 and 1; the cells between were unclear to those who labeled them.
    private const double Certain = 0.99;

    private static readonly char[] Spaces = [' ', '\t'];

    /// <summary>Reads a list; null if it is another.</summary>
    /// <exception cref="SemiDefectException">A line is not understood.</exception>
    public static DatasetContent? Read(string path, string text)
    {
        string[] lines = text.Split(
            ['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0 || Parse(lines[0]) is not { } first)
        {
            return null;
        }

        string folder = ListFile.FindBase(first.Image, Path.GetDirectoryName(path)!);
        var images = new List<(LabeledImage Image, ImageSplit Split)>(lines.Length);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int unclear = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            (string image, double probability) = Parse(lines[i])
                ?? throw new SemiDefectException(
                    $"'{path}', line {i + 1}: not a path, a probability of a defect and mono or poly, as in ELPV.");
            if (!seen.Add(image))
            {
                throw new SemiDefectException(
                    $"'{path}' lists '{ListFile.Printable(image)}' twice: remove one of the lines.");
            }

            bool isAbnormal = probability >= Certain;
            if (probability > 0 && !isAbnormal)
            {
                unclear++;
                continue;
            }

            images.Add((
                new LabeledImage(
                    image,
                    Path.GetFullPath(Path.Combine(folder, image)),
                    isAbnormal ? "defect" : LabeledDataset.Good,
                    isAbnormal,
                    null),
                ImageSplit.None));
        }

        return DatasetContent.Of(
            "ELPV",
            folder,
            images,
            hasSplit: false,
            DatasetContent.Phrase(unclear, "image", "that may be defective"));
    }

    private static (string Image, double Probability)? Parse(string line)
    {
        string[] parts = line.Split(Spaces, StringSplitOptions.RemoveEmptyEntries);
        return parts is [var image, var probability, "mono" or "poly"]
            && !image.Contains('\0', StringComparison.Ordinal)
            && double.TryParse(
                probability, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value is >= 0 and <= 1
                ? (ListFile.Normalize(image), value)
                : null;
    }
}
