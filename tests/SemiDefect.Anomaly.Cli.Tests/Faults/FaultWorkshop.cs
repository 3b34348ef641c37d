using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>
/// Small inputs for commands that will be killed: good/, new/ and more/, and three detectors.
/// </summary>
public sealed class FaultWorkshop : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FaultWorkshop()
    {
        SyntheticParts.WriteGood(File("good"), 6, 48, 32);
        SyntheticParts.WriteGood(File("new"), 3, 48, 32);
        SyntheticParts.WriteGood(File("more"), 8, 48, 32);
        for (int i = 0; i < 6; i++)
        {
            // An update requires images that are not in good/.
            System.IO.File.Delete(File($"more/{i:D3}.png"));
        }

        System.IO.File.Copy(
            System.IO.Path.Combine(Repository.Root, "tests/Golden/detectors/version-1-folds.sdad"),
            File("format-1.sdad"));
        CliProcess.Do(_folder.Path, ["fit", "good", "--out", "old.sdad", .. FitOptions, "--coreset", "10"]);
        CliProcess.Do(_folder.Path, ["fit", "good", "--out", "new.sdad", .. FitOptions, "--coreset", "12"]);
    }

    /// <summary>Options for a fast fit.</summary>
    public static IReadOnlyList<string> FitOptions { get; } = ["--resize", "32"];

    public string Path => _folder.Path;

    public string File(string relativePath) => _folder.File(relativePath);

    /// <summary>An empty folder beside the inputs.</summary>
    public string Fresh(string name)
    {
        string folder = File(name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Directory.CreateDirectory(folder).FullName;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The files below a folder by their relative paths.</summary>
    internal static SortedDictionary<string, byte[]> Contents(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => System.IO.Path.GetRelativePath(folder, path), System.IO.File.ReadAllBytes),
        StringComparer.Ordinal);

    internal static void Restore(string folder, SortedDictionary<string, byte[]> contents)
    {
        foreach ((string path, byte[] bytes) in contents)
        {
            string target = System.IO.Path.Combine(folder, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            System.IO.File.WriteAllBytes(target, bytes);
        }
    }
}
