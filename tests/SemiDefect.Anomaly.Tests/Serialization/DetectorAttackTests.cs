using System.Diagnostics;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;
using Xunit.Abstractions;

namespace SemiDefect.Anomaly.Tests.Serialization;

public sealed class DetectorAttackTests(ITestOutputHelper output) : IDisposable
{
    private const int NetworkMutations = 1_500;
    private const long LargestAllocation = 16 << 20;
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(30);
    private static readonly LoadOptions OneThread = new() { Device = ExecutionDevice.Cpu, Threads = 1 };

    private readonly TemporaryFolder _folder = new();
    private readonly SortedDictionary<string, (int Refused, int Loaded)> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("one lane", 10_000)]
    [InlineData("two lanes", 5_000)]
    [InlineData("format 1", 5_000)]
    public void Every_changed_file_is_refused_in_one_line_or_works(string seed, int mutations)
    {
        byte[] original = Whole(seed);
        var mutator = new DetectorMutator(original, new SeededGenerator(20_261_122));
        Image picture = seed == "two lanes"
            ? TinyDetector.SmallPicture(_folder.Path)
            : TinyDetector.Picture(_folder.Path);
        double score = Try(new DetectorMutation("whole", original, MutationEnd.WorksAsBefore), picture, null)!.Value;
        _counts.Clear();
        long before = Process.GetCurrentProcess().PrivateMemorySize64;
        for (int i = 0; i < mutations; i++)
        {
            Collect(() => Try(mutator.Next(), picture, score));
        }

        Assert.True(_failures.Count == 0, string.Join('\n', _failures));

        long grown = Process.GetCurrentProcess().PrivateMemorySize64 - before;
        Assert.True(grown < 1L << 30, $"The process grew by {grown} bytes.");
        Report(mutations);

        // If a kind of change is never accepted, or always is, the mutator no longer reaches the reader.
        Assert.InRange(_counts["header value"].Loaded, 10, mutations);
        Assert.InRange(_counts["header value"].Refused, 50, mutations);
        Assert.InRange(_counts["harmless change"].Loaded, 50, mutations);
        Assert.True(_counts.Count >= 20, string.Join(", ", _counts.Keys));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Speed", "Slow")]
    public void A_damaged_network_with_repaired_checksums_does_not_end_the_process(int version)
    {
        TinyDetector.Make(_folder.Path, _folder.File("whole.sdad"), TinyOnnx.Convolution());
        byte[] original = File.ReadAllBytes(_folder.File("whole.sdad"));
        original = version == 1 ? DetectorFileParts.Parse(original).ToFormat1().Encode() : original;
        var mutator = new DetectorMutator(original, new SeededGenerator(7));
        Image picture = TinyDetector.Picture(_folder.Path);
        for (int i = 0; i < NetworkMutations; i++)
        {
            Collect(() => Try(mutator.NextNetwork(), picture, null));
        }

        Assert.True(_failures.Count == 0, string.Join('\n', _failures));

        Report(NetworkMutations);
        Assert.InRange(_counts["network"].Refused, 100, NetworkMutations);
        Assert.InRange(_counts["network"].Loaded, 1, NetworkMutations);
    }

    /// <summary>Reports all failures together, up to a limit.</summary>
    private void Collect(Action attempt)
    {
        if (_failures.Count >= 20)
        {
            return;
        }

        try
        {
            attempt();
        }
        catch (Xunit.Sdk.XunitException failure)
        {
            _failures.Add(failure.Message);
        }
    }

    /// <summary>The score, or null if the file was refused.</summary>
    private double? Try(DetectorMutation mutation, Image picture, double? scoreBefore)
    {
        string path = _folder.File("changed.sdad");
        File.WriteAllBytes(path, mutation.Bytes);
        var watch = Stopwatch.StartNew();
        long start = GC.GetAllocatedBytesForCurrentThread();
        long? allocated = null;
        double? score = null;
        string? refusal = null;
        try
        {
            using AnomalyDetector detector = AnomalyDetector.Load(path, OneThread);
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
            score = Inspect(detector, picture);
        }
        catch (SemiDefectException error)
        {
            refusal = error.Message;
            allocated ??= GC.GetAllocatedBytesForCurrentThread() - start;
        }
        catch (Exception error)
        {
            Assert.Fail($"{Describe(mutation)} ended in {error}");
        }

        // Only failures are described, because the description keeps the file in memory.
        if (allocated >= LargestAllocation || watch.Elapsed >= LongestTime || refusal?.Any(char.IsControl) == true)
        {
            Assert.Fail($"{Describe(mutation)} took {allocated} bytes and {watch.Elapsed}, and ended in: {refusal}");
        }

        switch (mutation.End)
        {
            case MutationEnd.Refused:
                Assert.True(refusal is not null, $"{Describe(mutation)} was taken.");
                break;
            case MutationEnd.WorksAsBefore:
                Assert.True(refusal is null, $"{Describe(mutation)} was refused: {refusal}");
                Assert.Equal(scoreBefore ?? score, score);
                break;
        }

        (int refused, int loaded) = _counts.GetValueOrDefault(mutation.Kind);
        _counts[mutation.Kind] = (refused + (refusal is null ? 0 : 1), loaded + (refusal is null ? 1 : 0));
        return score;
    }

    private byte[] Whole(string seed)
    {
        if (seed == "format 1")
        {
            return File.ReadAllBytes(Path.Combine(Repository.Root, "tests/Golden/detectors/version-1.sdad"));
        }

        string path = _folder.File("whole.sdad");
        if (seed == "two lanes")
        {
            TinyDetector.MakeOfTwoLanes(_folder.Path, path);
        }
        else
        {
            TinyDetector.Make(_folder.Path, path);
        }

        return File.ReadAllBytes(path);
    }

    private static double Inspect(AnomalyDetector detector, Image picture)
    {
        if (detector.Document.Lanes.Any(lane => lane.Views.Preprocessing is { Size: > 256 } or { Crop: > 256 }))
        {
            // A valid request, but not related to the file.
            return 0;
        }

        Inspection inspection = detector.Inspect(picture);
        Assert.True(double.IsFinite(inspection.Score));
        Assert.All(inspection.InputMap.Values, value => Assert.True(float.IsFinite(value)));
        return inspection.Score;
    }

    private string Describe(DetectorMutation mutation)
    {
        string kept = Path.Combine(Path.GetTempPath(), $"semidefect-attack-{_failures.Count}.sdad");
        File.WriteAllBytes(kept, mutation.Bytes);
        int others = _counts.Values.Sum(count => count.Refused + count.Loaded);
        return $"'{mutation.Kind}' (kept as {kept}, after {others} others)";
    }

    private void Report(int mutations)
    {
        int refusals = _counts.Values.Sum(count => count.Refused);
        int loads = _counts.Values.Sum(count => count.Loaded);
        output.WriteLine($"{mutations} mutations: {refusals} refused, {loads} loaded and scored, 0 crashes");
        foreach ((string kind, (int refused, int loaded)) in _counts)
        {
            output.WriteLine($"  {kind,-26} {refused,6} refused {loaded,6} loaded");
        }
    }
}
