namespace SemiDefect.Anomaly.Cli;

/// <summary>The command was called with values that cannot be: exit code 2.</summary>
internal sealed class UsageException : SemiDefectException
{
    public UsageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Makes options of user input; what they refuse is bad usage.</summary>
    public static T Guard<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (SemiDefectException error)
        {
            throw new UsageException(error.Message, error);
        }
    }
}
