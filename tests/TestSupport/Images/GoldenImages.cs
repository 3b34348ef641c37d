namespace SemiDefect.Anomaly.TestSupport;

/// <summary>The location of the golden images.</summary>
internal static class GoldenImages
{
    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "tests", "Golden", "Imaging");

    public static string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>The names of the images for which there are values from Pillow.</summary>
    public static IEnumerable<string> Pictures() =>
        Directory.EnumerateFiles(Folder)
            .Select(path => System.IO.Path.GetFileName(path)!)
            .Where(name => File.Exists(Path(name + ".npy")))
            .Order(StringComparer.Ordinal);
}
