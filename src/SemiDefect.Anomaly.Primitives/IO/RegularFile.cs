namespace SemiDefect.Anomaly.IO;

/// <summary>Tells regular files from pipes, sockets and devices before they are opened. Stateless.</summary>
public static class RegularFile
{
    /// <summary>
    /// Refuses a pipe, a socket or a device, which may wait forever when it is opened, and an empty file, which no
    /// reader of this program can use and which looks the same. A path that does not exist is left to whoever opens it.
    /// </summary>
    /// <param name="path">The path; links are followed.</param>
    /// <exception cref="IOException">It is empty, or no regular file.</exception>
    public static void Require(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileInfo(path);

        // The length of a link is that of its text.
        FileInfo target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        if (target.Exists && target.Length == 0)
        {
            throw new IOException("it is empty, or no regular file (a pipe or a device).");
        }
    }
}
