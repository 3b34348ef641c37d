namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Where the golden pictures are.</summary>
internal static class GoldenImages
{
    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "tests", "SemiDefect.Anomaly.Tests", "Golden", "Imaging");

    public static string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>The names of the pictures that Pillow's values lie beside.</summary>
    public static IEnumerable<string> Pictures() =>
        Directory.EnumerateFiles(Folder)
            .Select(path => System.IO.Path.GetFileName(path)!)
            .Where(name => File.Exists(Path(name + ".npy")))
            .Order(StringComparer.Ordinal);
}
