using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.IO;

/// <summary>Tells regular files from pipes, sockets and devices before they are opened. Stateless.</summary>
public static partial class RegularFile
{
    // Of statx(2), which has the same layout on every processor.
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;
    private const int StatusBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeBits = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;

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

    /// <summary>
    /// Whether a path that exists is neither a regular file nor a folder; links are followed. Only Linux tells.
    /// </summary>
    internal static unsafe bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        byte* status = stackalloc byte[StatusBytes];
        try
        {
            if (GetStatus(CurrentFolder, path, 0, TypeWanted, status) != 0)
            {
                return false;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library.
            return false;
        }

        int type = *(ushort*)(status + ModeOffset) & TypeBits;
        return type is not (Regular or Folder);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int GetStatus(int folder, string path, int flags, uint mask, byte* status);
}
