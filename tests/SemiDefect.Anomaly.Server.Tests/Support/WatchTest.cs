using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Watching;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary>A folder to watch, a folder for the outcome, and a detector, for one test.</summary>
public abstract class WatchTest : IDisposable
{
    private const long Settled = 1_000_000;

    private readonly TemporaryFolder _folder = new();

    protected WatchTest()
    {
        In = _folder.File("in");
        Out = _folder.File("out");
        Directory.CreateDirectory(In);
        File.WriteAllBytes(_folder.File("tiny.sdad"), Parts.DetectorFile);
    }

    protected string In { get; }

    protected string Out { get; }

    private protected WatchOptions Options =>
        new() { ModelPath = _folder.File("tiny.sdad"), Folder = In, OutputFolder = Out, Threads = 1 };

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The folder that contains all of it.</summary>
    protected string Folder => _folder.Path;

    protected string PathOf(string name) => _folder.File(name);

    protected async Task<JsonNode> ReadReportAsync(string name) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Out, name)))!;

    private protected static async Task<int> ScanTwiceAsync(FolderWatcher watcher) =>
        await watcher.ScanAsync(0, CancellationToken.None) + await watcher.ScanAsync(Settled, CancellationToken.None);

    protected JsonNode ReadReport(string path) => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, path)))!;

    protected void Write(string name, byte[] content)
    {
        string path = Path.Combine(In, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
