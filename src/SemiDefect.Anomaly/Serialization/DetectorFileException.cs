namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// A detector file cannot be used: not one, damaged, of another version, or in need of a network that is not there.
/// </summary>
public sealed class DetectorFileException : SemiDefectException
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public DetectorFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    internal static DetectorFileException Damaged(string path, string what) =>
        new($"The detector file '{path}' is damaged: {what}. Copy it again, or fit again.");
}
