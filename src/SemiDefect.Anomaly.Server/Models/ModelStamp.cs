namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Identifies a state of a file without reading it.</summary>
internal readonly record struct ModelStamp(long Length, DateTime Written)
{
    /// <summary>The stamp of a file; null if there is no file.</summary>
    public static ModelStamp? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new ModelStamp(file.Length, file.LastWriteTimeUtc) : null;
    }
}
