using System.Diagnostics.CodeAnalysis;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Native;

/// <summary>The border to the caller: no exception crosses it. Stateless.</summary>
internal static class Guard
{
    /// <summary>Runs a call, and turns what it throws into a status and the thread's last error.</summary>
    /// <param name="otherwise">The status for anything that a user can cause.</param>
    /// <param name="call">The call.</param>
    [SuppressMessage("Design", "CA1031", Justification = "An exception that crosses the border ends the process.")]
    public static Status Run(Status otherwise, Action call)
    {
        try
        {
            call();
            return Status.Ok;
        }
        catch (Exception error)
        {
            Status status = error switch
            {
                NativeCallException known => known.Status,
                OutOfMemoryException => Status.Memory,
                ImageFormatException => Status.Image,
                SemiDefectException => otherwise,
                _ => Status.Internal,
            };
            LastError.Set(status switch
            {
                Status.Memory => "There is not enough memory.",
                Status.Internal => $"{error.GetType().Name}: {error.GetBaseException().Message}",
                _ => error.Message,
            });
            return status;
        }
    }
}
