using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>
/// Stores inspected images and their anomaly maps (at the network's input size) as files in one folder. Heatmaps are
/// drawn from them on request. Thread-safe.
/// </summary>
internal sealed class PictureStore(string folder)
{
    private const string ImageExtension = ".image";
    private const string MapExtension = ".map";

    /// <summary>Writes an image and its map under a new name.</summary>
    public (string Picture, long Bytes) Add(ReadOnlyMemory<byte> image, AnomalyMap map)
    {
        // The name begins with the time: each subfolder gets the pictures of about four and a half minutes.
        string name = Guid.CreateVersion7().ToString("N");
        string picture = $"{name[..7]}/{name}";
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(picture, ImageExtension))!);
        ReadOnlySpan<byte> values = MemoryMarshal.AsBytes(map.Values.AsSpan());
        File.WriteAllBytes(PathOf(picture, MapExtension), values);
        File.WriteAllBytes(PathOf(picture, ImageExtension), image.Span);
        return (picture, image.Length + values.Length);
    }

    /// <summary>The encoded image; null if it was deleted.</summary>
    public byte[]? ReadImage(string picture) => Read(PathOf(picture, ImageExtension));

    /// <summary>The map; null if it was deleted.</summary>
    public AnomalyMap? ReadMap(string picture, InputGeometry geometry)
    {
        byte[]? bytes = Read(PathOf(picture, MapExtension));
        return bytes is null || bytes.Length != 4L * geometry.InputWidth * geometry.InputHeight
            ? null
            : new AnomalyMap(
                geometry.InputWidth,
                geometry.InputHeight,
                MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    /// <summary>Deletes both files, and their subfolder once it is empty.</summary>
    public void Delete(string picture)
    {
        try
        {
            File.Delete(PathOf(picture, ImageExtension));
            File.Delete(PathOf(picture, MapExtension));
            string parent = Path.GetDirectoryName(PathOf(picture, ImageExtension))!;
            if (!Directory.EnumerateFileSystemEntries(parent).Any())
            {
                Directory.Delete(parent);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In use: the sweep at the next start deletes it.
        }
    }

    /// <summary>The names of all pictures written before <paramref name="time"/>.</summary>
    public IEnumerable<string> List(DateTime time)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (string subfolder in Directory.EnumerateDirectories(folder))
        {
            string prefix = Path.GetFileName(subfolder);
            var names = new HashSet<string>(Directory.EnumerateFiles(subfolder)
                .Where(path => File.GetLastWriteTimeUtc(path) < time)
                .Select(path => Path.GetFileNameWithoutExtension(path)));
            foreach (string name in names)
            {
                yield return $"{prefix}/{name}";
            }
        }
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(string picture, string extension) => Path.Combine(folder, picture + extension);
}
