#:project ../src/SemiDefect.Anomaly/SemiDefect.Anomaly.csproj
#:package Microsoft.ML.OnnxRuntime
#:property TieredPGO=false
#:property PublishAot=false

// Prints the files that one image crosses, and the lines of the methods called:
// `dotnet run -c Release eng/crossed-files.cs` (add --list for the files).
// A fit counts the methods compiled while it runs. An inspection of a loaded detector, with its map, regions and
// heatmap, counts the methods that the runtime optimizes because every inspection calls them.
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SemiDefect.Anomaly;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Sources;

const int Images = 12;
const int Side = 96;
const int Inspections = 60;
bool isListed = args.Contains("--list");
if (args is ["inspect", var file, ..])
{
    using AnomalyDetector detector = AnomalyDetector.Load(file);
    Inspect(detector);
    Thread.Sleep(1000);
    using var calls = new CallListener();

    // Calls are counted once nothing new was compiled for a while; the second round reaches what the first had inlined.
    for (int round = 0; round < 3; round++)
    {
        for (int i = 0; i < Inspections; i++)
        {
            Inspect(detector);
        }

        Thread.Sleep(1000);
    }

    Report.Print("inspection", calls.Methods, isListed);
    return;
}

file = Path.Combine(Path.GetTempPath(), $"crossed-{Environment.ProcessId}.sdad");
try
{
    using (var calls = new CallListener())
    {
        var good = new ImageList([.. Enumerable.Range(0, Images).Select(i => ($"{i}", Texture(i)))]);
        using AnomalyDetector fitted = AnomalyDetector.Fit(good);
        Report.Print("fit", calls.Methods, isListed);
        fitted.Save(file);
    }

    // Another process, in which nothing was optimized by the fit.
    using Process inspecting = Process.Start(Environment.ProcessPath!, ["inspect", file, .. args]);
    inspecting.WaitForExit();
}
finally
{
    File.Delete(file);
}

static void Inspect(AnomalyDetector detector)
{
    Image image = Texture(100);
    Inspection inspection = detector.Inspect(image);
    _ = inspection.Regions;
    _ = HeatmapRenderer.Render(image, inspection.Map, (float)inspection.PixelThreshold);
}

static Image Texture(int seed)
{
    byte[] rgb = new byte[3 * Side * Side];
    uint state = (uint)seed + 1;
    for (int i = 0; i < rgb.Length; i++)
    {
        state = state * 1664525 + 1013904223;
        rgb[i] = (byte)(100 + (state >> 27));
    }

    return new Image(Side, Side, rgb);
}

/// <summary>Collects the methods of the engine that are compiled while it is open.</summary>
internal sealed class CallListener : EventListener
{
    private const EventKeywords Jit = (EventKeywords)0x10;
    private readonly HashSet<(string Type, int Token)> _methods = [];

    public IReadOnlyCollection<(string Type, int Token)> Methods
    {
        get
        {
            lock (_methods)
            {
                return [.. _methods];
            }
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Verbose, Jit);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("MethodLoadVerbose", StringComparison.Ordinal) == true
            && eventData.PayloadNames is { } names
            && (string)eventData.Payload![names.IndexOf("MethodNamespace")]! is { } type
            && type.StartsWith("SemiDefect.Anomaly", StringComparison.Ordinal))
        {
            lock (_methods)
            {
                int token = unchecked((int)(uint)eventData.Payload[names.IndexOf("MethodToken")]!);
                _methods.Add((type.Split('[')[0], token));
            }
        }
    }
}

/// <summary>The files and lines of methods, by their debug information.</summary>
internal static class Report
{
    public static void Print(string what, IEnumerable<(string Type, int Token)> methods, bool isListed)
    {
        var lines = new SortedDictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (IGrouping<Assembly, (Assembly Assembly, int Token)> own in methods
            .Select(method => (Assembly: AssemblyOf(method.Type), method.Token))
            .Where(method => method.Assembly is not null)
            .GroupBy(method => method.Assembly!, method => (method.Assembly!, method.Token)))
        {
            using FileStream stream = File.OpenRead(Path.ChangeExtension(own.Key.Location, ".pdb"));
            using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
            MetadataReader reader = provider.GetMetadataReader();
            foreach ((_, int token) in own)
            {
                var handle = (MethodDefinitionHandle)MetadataTokens.Handle(token);
                foreach (SequencePoint point in reader
                    .GetMethodDebugInformation(handle.ToDebugInformationHandle())
                    .GetSequencePoints()
                    .Where(point => !point.IsHidden))
                {
                    string path = reader.GetString(reader.GetDocument(point.Document).Name);
                    path = path[(path.LastIndexOf("/src/", StringComparison.Ordinal) + 1)..];
                    if (!lines.TryGetValue(path, out HashSet<int>? known))
                    {
                        lines[path] = known = [];
                    }

                    known.UnionWith(Enumerable.Range(point.StartLine, point.EndLine - point.StartLine + 1));
                }
            }
        }

        foreach (IGrouping<string, KeyValuePair<string, HashSet<int>>> room in lines
            .Where(entry => entry.Key.StartsWith("src/", StringComparison.Ordinal) && !entry.Key.Contains("/obj/"))
            .GroupBy(entry => entry.Key.Split('/')[1]))
        {
            Console.WriteLine(
                $"{what,-10} {room.Key,-28} {room.Count(),3} files {room.Sum(entry => entry.Value.Count),5} lines");
            foreach ((string path, HashSet<int> own) in room.Where(_ => isListed))
            {
                Console.WriteLine($"    {own.Count,4} {path}");
            }
        }
    }

    private static Assembly? AssemblyOf(string type) => AppDomain.CurrentDomain.GetAssemblies()
        .FirstOrDefault(assembly => assembly.GetName().Name!.StartsWith("SemiDefect.Anomaly", StringComparison.Ordinal)
            && assembly.GetType(type) is not null);
}
