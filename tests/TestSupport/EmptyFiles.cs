namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Files of which only the names matter.</summary>
internal static class EmptyFiles
{
    /// <summary>Creates empty files in a folder.</summary>
    public static void Make(TemporaryFolder folder, params string[] relativePaths)
    {
        foreach (string relativePath in relativePaths)
        {
            string path = folder.File(relativePath);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
        }
    }
}
