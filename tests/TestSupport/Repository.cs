namespace SemiDefect.Anomaly.TestSupport;

/// <summary>The locations of the repository and of the evaluation data beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The evaluation folder beside the repository, or null if it is missing.</summary>
    public static string? Shared { get; } = FindShared();

    public static string SharedPath(string relativePath) =>
        Path.Combine(Shared ?? throw new InvalidOperationException("The test needs [SharedFact]."), relativePath);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SemiDefect.Anomaly.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("SemiDefect.Anomaly.sln is in no folder above the tests.");
    }

    private static string? FindShared()
    {
        string path = Path.Combine(Path.GetDirectoryName(Root) ?? Root, "shared");
        return File.Exists(Path.Combine(path, "patchcore-reference.md")) ? path : null;
    }
}
