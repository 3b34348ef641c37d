using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>An image file of a data set with its path in parts. Immutable and thread-safe.</summary>
internal sealed class DatasetPath
{
    public DatasetPath(FolderImage file)
    {
        File = file;
        string[] parts = file.RelativePath.Split('/');
        Folders = parts[..^1];
        Stem = Path.GetFileNameWithoutExtension(parts[^1]);
    }

    public FolderImage File { get; }

    /// <summary>The names of the folders that lead to the file.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>The name of the file without its extension.</summary>
    public string Stem { get; }

    /// <summary>
    /// What an image and its mask have in common: the path without the folders that only say what lies in them, and
    /// without what marks a mask.
    /// </summary>
    public string Key => KeyOf(Folders, FolderWords.StemOf(Stem));

    /// <summary>The same of the folder, for masks in several files, one folder for each image.</summary>
    public string FolderKey => Folders.Count == 0 ? string.Empty : KeyOf([.. Folders.SkipLast(1)], Folders[^1]);

    /// <summary>Whether its name ends like that of a mask.</summary>
    public bool HasMaskEnding => FolderWords.StemOf(Stem) != Stem;

    /// <summary>The key of the file beside it that it would be the mask of.</summary>
    public string Beside => $"{string.Join('/', Folders)}/{FolderWords.StemOf(Stem)}";

    /// <summary>
    /// The first folder from a depth on that says more than that images lie in it; null if none does.
    /// </summary>
    public string? TypeFrom(int depth) => Folders.Skip(depth).FirstOrDefault(name => !FolderWords.IsImages(name));

    private static string KeyOf(IReadOnlyList<string> folders, string name) =>
        string.Join(
            '/',
            folders.Where(folder => !FolderWords.IsImages(folder) && FolderWords.SplitOf(folder) == ImageSplit.None)
                .Select(FolderWords.StemOfFolder)
                .Where(folder => !FolderWords.IsMasks(folder))
                .Append(name));
}
