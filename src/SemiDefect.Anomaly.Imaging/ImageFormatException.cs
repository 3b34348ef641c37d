namespace SemiDefect.Anomaly.Imaging;

/// <summary>An image cannot be read: it is damaged, has an unknown format, or exceeds the limits.</summary>
public sealed class ImageFormatException : SemiDefectException
{
    /// <summary>Creates an exception whose message is shown to the user.</summary>
    public ImageFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
