namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>Weights could not be fetched, or are not those that were expected.</summary>
public sealed class PullException : SemiDefectException
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public PullException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
