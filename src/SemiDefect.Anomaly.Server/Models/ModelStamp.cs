namespace SemiDefect.Anomaly.Server.Models;

/// <summary>What tells one state of a file from another without reading it.</summary>
internal readonly record struct ModelStamp(long Length, DateTime Written)
{
    /// <summary>The stamp of a file; null where there is none.</summary>
    public static ModelStamp? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new ModelStamp(file.Length, file.LastWriteTimeUtc) : null;
    }
}
