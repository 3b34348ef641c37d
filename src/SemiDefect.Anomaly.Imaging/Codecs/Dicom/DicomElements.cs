using System.Text;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>Where the values lie that a <see cref="DicomReader"/> found. Not thread-safe.</summary>
internal sealed class DicomElements
{
    private const int LongestText = 256;

    /// <summary>The transfer syntax, one that is supported.</summary>
    public string Syntax { get; set; } = string.Empty;

    /// <summary>The values of attributes, inside the file.</summary>
    public Dictionary<uint, (int Start, int Length)> Values { get; } = [];

    /// <summary>The uncompressed pixels, inside the file.</summary>
    public (int Start, int Length) Pixels { get; set; }

    /// <summary>The table of offsets and the fragments of compressed pixels, inside the file; empty without.</summary>
    public IReadOnlyList<(int Start, int Length)> Fragments { get; set; } = [];

    /// <summary>Whether samples have a meaning by a table.</summary>
    public bool HasModalityTable { get; set; }

    /// <summary>Whether there is a table in place of a window.</summary>
    public bool HasWindowTable { get; set; }

    /// <summary>Whether frames may have a meaning of samples, or a window, of their own.</summary>
    public bool HasNestedValues { get; set; }

    /// <summary>A value of ASCII text without padding; what is not printable ASCII becomes '?'.</summary>
    public static string Text(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder();
        foreach (byte letter in value[..Math.Min(value.Length, LongestText)])
        {
            text.Append(letter == 0 ? ' ' : letter is < 32 or > 126 ? '?' : (char)letter);
        }

        return text.ToString().Trim();
    }
}
