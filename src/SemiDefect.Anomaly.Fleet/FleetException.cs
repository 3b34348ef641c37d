namespace SemiDefect.Anomaly.Fleet;

/// <summary>The fleet cannot do what was asked; the message says why and what to do.</summary>
public class FleetException : SemiDefectException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line.</param>
    public FleetException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One line.</param>
    /// <param name="innerException">The cause.</param>
    public FleetException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
