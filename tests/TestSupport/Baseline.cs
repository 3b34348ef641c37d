namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// Texts that others rely on (the public API, help, output, schemas), stored in files. A difference fails the test. If
/// it is intended, setting SEMIDEFECT_ACCEPT=1 in the environment rewrites the files, and the difference is reviewed
/// with the change.
/// </summary>
internal static class Baseline
{
    private const string Switch = "SEMIDEFECT_ACCEPT";

    /// <summary>Compares a text with a file in the repository.</summary>
    public static void Check(string relativePath, string actual)
    {
        string path = Path.Combine(Repository.Root, relativePath);
        string expected = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        if (expected == actual)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Max(expectedLines.Length, actualLines.Length))
            .First(i => i >= expectedLines.Length || i >= actualLines.Length || expectedLines[i] != actualLines[i]);
        Assert.Fail(
            $"{relativePath} differs from line {line + 1} on:\n  was  "
                + $"{expectedLines.ElementAtOrDefault(line) ?? "(nothing)"}\n  is   "
                + $"{actualLines.ElementAtOrDefault(line) ?? "(nothing)"}\n"
            + $"If that is meant, run the test with {Switch}=1, look at the difference and commit it.");
    }
}
