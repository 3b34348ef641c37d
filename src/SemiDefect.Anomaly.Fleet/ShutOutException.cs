namespace SemiDefect.Anomaly.Fleet;

/// <summary>
/// This worker computes other results than the machine that made the detector, so it takes no more work.
/// </summary>
public sealed class ShutOutException : FleetException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line that says what differs.</param>
    public ShutOutException(string message)
        : base(message)
    {
    }
}
