using System.Text;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// The words for good and for defective parts: one list for folders and labels. Compared by us in any case, with
/// spaces, hyphens and underscores alike, and composed or decomposed letters alike: the disk has no say. Stateless.
/// </summary>
internal static class LabelWords
{
    /// <summary>Some of the words for good, for messages.</summary>
    public const string Examples = "good, ok, normal, pass, none, 양품, 정상";

    private static readonly HashSet<string> GoodWords = new(StringComparer.Ordinal)
    {
        "good", "goods", "ok", "okay", "normal", "normals", "pass", "passed", "none", "clean", "fine", "intact",
        "healthy", "sound", "accept", "accepted", "conforming", "defect_free", "defectfree", "no_defect", "no_defects",
        "nodefect", "non_defective", "nondefective", "non_defect", "no_anomaly", "non_anomalous", "anomaly_free", "양품",
        "정상", "정상품", "합격", "합격품", "良品", "正常", "合格", "合格品",
    };

    private static readonly HashSet<string> BadWords = new(StringComparer.Ordinal)
    {
        "bad", "ng", "n_g", "ko", "nok", "n_ok", "not_ok", "not_good", "notgood", "no_good", "abnormal", "abnormals",
        "anomaly", "anomalies", "anomalous", "defect", "defects", "defective", "fail", "failed", "failure", "fault",
        "faulty", "reject", "rejected", "rejects", "불량", "불량품", "비정상", "이상", "결함", "불합격", "不良", "不良品",
        "异常", "異常", "缺陷", "欠陥", "不合格",
    };

    /// <summary>What a word says of images.</summary>
    public static LabelMeaning Of(string text)
    {
        string word = Fold(text);
        return GoodWords.Contains(word) ? LabelMeaning.Good
            : BadWords.Contains(word) ? LabelMeaning.Bad
            : LabelMeaning.Other;
    }

    /// <summary>A word in the form in which words are compared.</summary>
    public static string Fold(string text)
    {
        string word = text.Trim();
        try
        {
            word = word.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // A broken name is no word of the list, whatever its form.
        }

        return word.ToLowerInvariant().Replace(' ', '_').Replace('-', '_').Replace('.', '_');
    }
}
