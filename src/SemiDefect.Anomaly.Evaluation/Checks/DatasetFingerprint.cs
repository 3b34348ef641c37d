using System.Security.Cryptography;
using System.Text;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>
/// SHA-256 of a folder of images: of the relative path and the bytes of every image that a fit would read, in ordinal
/// order. Other files, dates and the location of the folder have no influence. The hashed text is the output of
/// <c>sha256sum</c>: docs/fingerprint.md. Immutable and thread-safe.
/// </summary>
/// <param name="Sha256">The fingerprint, 64 lower-case hexadecimal digits.</param>
/// <param name="Images">The number of images.</param>
/// <param name="Bytes">Their total size in bytes.</param>
public sealed record DatasetFingerprint(string Sha256, int Images, long Bytes)
{
    private const int BlockLength = 1 << 20;

    /// <summary>The first 16 digits in groups of four.</summary>
    public string ShortForm => Groups(4);

    /// <summary>All digits in 16 groups of four.</summary>
    public string Spoken => Groups(16);

    /// <summary>Reads all images of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Receives the number of images read, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or a folder could not be listed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DatasetFingerprint Of(
        ImageFolder folder,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (folder.UnreadableFolders.Count > 0)
        {
            throw new SemiDefectException(
                $"The folder '{folder.UnreadableFolders[0]}' below '{folder.FullPath}' cannot be read, so the "
                    + "fingerprint would be incomplete: check its permissions.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockLength];
        long bytes = 0;
        for (int i = 0; i < folder.Items.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (string content, long length) = HashFile(folder.Items[i], block);
            hash.AppendData(Encoding.UTF8.GetBytes($"{content}  {folder.Items[i].RelativePath}\n"));
            bytes += length;
            progress?.Report(i + 1);
        }

        return new DatasetFingerprint(Convert.ToHexStringLower(hash.GetHashAndReset()), folder.Items.Count, bytes);
    }

    private string Groups(int count) =>
        string.Join(' ', Sha256.Chunk(4).Take(count).Select(digits => new string(digits)));

    private static (string Sha256, long Length) HashFile(FolderImage item, byte[] block)
    {
        try
        {
            RegularFile.Require(item.FullPath);
            using FileStream stream = File.OpenRead(item.FullPath);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long length = 0;
            for (int read; (read = stream.Read(block)) > 0; length += read)
            {
                hash.AppendData(block, 0, read);
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read '{item.FullPath}': {error.Message}", error);
        }
    }
}
