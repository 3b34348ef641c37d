using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>
/// A test that drives Chromium; skipped, visibly, without it, without node, or without playwright-core beside the
/// script.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public static readonly string Folder = Path.Combine(
        Repository.Root,
        "tests",
        "SemiDefect.Anomaly.Server.Tests",
        "Browser");

    public BrowserFactAttribute()
    {
        string chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        bool hasNode = folders.Any(folder => File.Exists(Path.Combine(folder, "node")));
        if (!File.Exists(chromium)
            || !hasNode
            || !Directory.Exists(Path.Combine(Folder, "node_modules", "playwright-core"))
            || !Directory.Exists(Path.Combine(Folder, "node_modules", "axe-core")))
        {
            Skip = "Needs node, Chromium (apt-get install chromium, or CHROMIUM=its path) and 'npm install' "
                + "in tests/SemiDefect.Anomaly.Server.Tests/Browser.";
        }
    }
}
