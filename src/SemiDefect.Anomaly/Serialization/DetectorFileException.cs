namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// A detector file cannot be used: it is of another type or version, damaged, or requires a network that was not
/// supplied.
/// </summary>
internal sealed class DetectorFileException : SemiDefectException
{
    /// <summary>Creates an exception whose message is shown to the user.</summary>
    public DetectorFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    internal static DetectorFileException Damaged(string path, string what) =>
        new($"The detector file '{path}' is damaged: {what}. Copy it again, or fit again.");
}
