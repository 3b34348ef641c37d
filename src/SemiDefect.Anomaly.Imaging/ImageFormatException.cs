namespace SemiDefect.Anomaly.Imaging;

/// <summary>An image cannot be read: damaged, of an unknown format, or beyond the limits.</summary>
public sealed class ImageFormatException : SemiDefectException
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public ImageFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
