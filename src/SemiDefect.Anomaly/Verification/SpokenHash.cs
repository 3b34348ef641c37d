namespace SemiDefect.Anomaly.Verification;

/// <summary>Groups hexadecimal digits for reading aloud.</summary>
internal static class SpokenHash
{
    private const int GroupLength = 4;

    /// <summary>The first <paramref name="count"/> groups of four digits, a space between them.</summary>
    public static string Groups(string hexadecimal, int count) =>
        string.Join(
            ' ', Enumerable.Range(0, count).Select(group => hexadecimal.Substring(group * GroupLength, GroupLength)));
}
