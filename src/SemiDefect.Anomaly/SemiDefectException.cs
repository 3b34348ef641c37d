namespace SemiDefect.Anomaly;

/// <summary>
/// The base of every error that the user can mend. The message is one line: what is wrong, and what to do.
/// </summary>
public class SemiDefectException : Exception
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public SemiDefectException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with the error that led to it.</summary>
    public SemiDefectException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
