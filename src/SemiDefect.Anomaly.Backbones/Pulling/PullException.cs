namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>Weights could not be downloaded, or are not the expected ones.</summary>
public sealed class PullException : SemiDefectException
{
    /// <summary>Creates an exception whose message is shown to the user.</summary>
    public PullException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
