using System.Security.Cryptography;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// The files of versions, DATA/versions/MODEL/SHA256.sdad. A file gets this name once it is complete and on disk, and
/// is never written again. Thread-safe.
/// </summary>
internal sealed class VersionFiles
{
    private readonly string _folder;

    public VersionFiles(ServerOptions options)
    {
        _folder = Path.Combine(options.DataFolder, "versions");
        Directory.CreateDirectory(_folder);
        foreach (string unfinished in Directory.EnumerateFiles(_folder))
        {
            File.Delete(unfinished);
        }
    }

    public string PathOf(string model, string sha256) =>
        Path.Combine(_folder, ModelName.Check(model), sha256 + ModelRegistry.Extension);

    /// <summary>A path for a file that does not have its name yet; the next start deletes it.</summary>
    public string NewPath() => Path.Combine(_folder, $"{Guid.NewGuid():N}.new");

    /// <summary>Moves a complete file to its name.</summary>
    /// <returns>The SHA-256 and the length of the file.</returns>
    public (string Sha256, long Bytes) Keep(string model, string path)
    {
        string sha256;
        long bytes;
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
        {
            sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
            bytes = stream.Length;
            stream.Flush(flushToDisk: true);
        }

        string target = PathOf(model, sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (File.Exists(target))
        {
            File.Delete(path);
        }
        else
        {
            File.Move(path, target);
        }

        return (sha256, bytes);
    }

    /// <summary>Writes a version to the models folder.</summary>
    public void CopyTo(string model, string sha256, string path)
    {
        using var source = new FileStream(PathOf(model, sha256), FileMode.Open, FileAccess.Read, FileShare.Read);
        AtomicFile.Write(path, stream => source.CopyTo(stream));
    }

    /// <summary>Copies a file that another program may be writing.</summary>
    /// <exception cref="IOException">It is empty, or no regular file.</exception>
    public static void CopyForeign(string from, string to)
    {
        RegularFile.Require(from);
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(target);
    }

    /// <summary>Deletes the files of a model.</summary>
    public void DeleteAll(string model)
    {
        string folder = Path.Combine(_folder, ModelName.Check(model));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static string HashOf(string path)
    {
        RegularFile.Require(path);
        using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
