using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Runs one image on several threads, where that gives the bits of a run on one thread. ONNX Runtime divides a
/// convolution among the threads by output positions; a thread with few of them sums in longer blocks, and elementwise
/// functions are computed in another way at the ends of each part. Both follow from the network, the size and the
/// number of threads, never from the values, so each size is tried once, with random values, when it comes for the
/// second time: a program that inspects a single image does not pay for it. Thread-safe. Memory: a further copy of the
/// network and of its work space for each number of threads in use, at most three.
/// </summary>
internal sealed class WideSessions : IDisposable
{
    private const int MostThreads = 16;
    private const int MostSizes = 64;
    private const int LargestNetwork = 128 << 20;

    private readonly BackboneFile _file;
    private readonly int[] _threads;
    private readonly Func<InferenceSession?, float[], int, int, IReadOnlyList<FeatureMap>> _run;
    private readonly Lock _trying = new();
    private readonly HashSet<(int Height, int Width)> _seen = [];
    private readonly Dictionary<int, InferenceSession> _sessions = [];
    private readonly ConcurrentDictionary<(int Height, int Width), InferenceSession?> _tried = [];

    private WideSessions(
        BackboneFile file,
        int threads,
        Func<InferenceSession?, float[], int, int, IReadOnlyList<FeatureMap>> run)
    {
        _file = file;
        _run = run;
        int half = (int)BitOperations.RoundUpToPowerOf2((uint)threads) / 2;
        _threads = [.. new[] { threads, half, half / 2 }.Where(count => count > 1).Distinct()];
    }

    /// <summary>Null if the network is large, or there is one thread.</summary>
    /// <param name="file">The network.</param>
    /// <param name="threads">The largest number of threads.</param>
    /// <param name="run">
    /// Runs an image, given the session (null for the one with a single thread), its values, height and width.
    /// </param>
    public static WideSessions? For(
        BackboneFile file,
        int threads,
        Func<InferenceSession?, float[], int, int, IReadOnlyList<FeatureMap>> run) =>
        threads > 1 && file.Content.Length <= LargestNetwork
            ? new WideSessions(file, Math.Min(threads, MostThreads), run)
            : null;

    /// <summary>The session for an image of a size; null for the one with a single thread.</summary>
    public InferenceSession? Of(int height, int width)
    {
        if (_tried.TryGetValue((height, width), out InferenceSession? session) || !_trying.TryEnter())
        {
            return session;
        }

        try
        {
            if ((_seen.Count >= MostSizes && !_seen.Contains((height, width))) || _seen.Add((height, width)))
            {
                return null;
            }

            return _tried.GetOrAdd((height, width), size => Try(size.Height, size.Width));
        }
        finally
        {
            _trying.Exit();
        }
    }

    /// <summary>Closes the sessions.</summary>
    public void Dispose()
    {
        foreach (InferenceSession session in _sessions.Values)
        {
            session.Dispose();
        }
    }

    // The first number of threads that gives the bits of one thread.
    private InferenceSession? Try(int height, int width)
    {
        float[] values = Noise(3 * height * width);
        IReadOnlyList<FeatureMap> expected = _run(null, values, height, width);
        try
        {
            foreach (int threads in _threads)
            {
                if (!_sessions.TryGetValue(threads, out InferenceSession? session))
                {
                    session = _sessions[threads] = OnnxSessionFactory.CreateOnThreads(_file, threads);
                }

                if (AreSame(_run(session, values, height, width), expected))
                {
                    return session;
                }
            }
        }
        catch (OnnxRuntimeException error) when (OnnxSessionFactory.IsOutOfMemory(error))
        {
            // One thread needs no more memory than before.
        }

        return null;
    }

    private static bool AreSame(IReadOnlyList<FeatureMap> maps, IReadOnlyList<FeatureMap> expected) =>
        maps.Zip(expected).All(pair => MemoryMarshal.AsBytes(pair.First.Values.AsSpan())
            .SequenceEqual(MemoryMarshal.AsBytes(pair.Second.Values.AsSpan())));

    // Values as normalized pictures have them: a constant would not tell one order of a sum from another.
    private static float[] Noise(int count)
    {
        var generator = new SeededGenerator(0x51DE);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(4 * generator.NextDouble() - 2);
        }

        return values;
    }
}
