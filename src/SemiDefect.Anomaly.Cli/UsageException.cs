namespace SemiDefect.Anomaly.Cli;

/// <summary>The command line is invalid: exit code 2.</summary>
internal sealed class UsageException : SemiDefectException
{
    public UsageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Creates options from user input; turns their exceptions into <see cref="UsageException"/>.</summary>
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
