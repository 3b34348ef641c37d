using SemiDefect.Anomaly.Evaluation.Wafers;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Generates a sample set of wafer maps of the nine classes of WM-811K as .npy files, in the folders of MVTec AD:
/// train/none, train/PATTERN, test/none and test/PATTERN. The same options give the same bytes on every machine, and a
/// map depends only on the seed and its own name. Stateless.
/// </summary>
public static class WaferSample
{
    /// <summary>The class without a pattern.</summary>
    public const string None = "none";

    private const string Joint = "+";

    // Pairs that MixedWM38 (Wang et al. 2020) has as well: of Center and Donut, and of the two at the edge, one.
    private static readonly (string, string)[] Pairs =
    [
        ("Center", "Edge-Loc"), ("Center", "Edge-Ring"), ("Center", "Loc"), ("Center", "Scratch"),
        ("Donut", "Edge-Loc"), ("Donut", "Edge-Ring"), ("Donut", "Loc"), ("Donut", "Scratch"),
        ("Edge-Loc", "Loc"), ("Edge-Loc", "Scratch"), ("Edge-Ring", "Loc"), ("Edge-Ring", "Scratch"),
        ("Loc", "Scratch"),
    ];

    // The labeled maps of WM-811K: Wu, Jang and Chen, "Wafer Map Failure Pattern Recognition and Similarity Ranking for
    // Large-Scale Data Sets", IEEE Transactions on Semiconductor Manufacturing 28(1), 2015; 172,950 in all.
    private static readonly (string Class, int Maps)[] RealCounts =
    [
        ("Center", 4294), ("Donut", 555), ("Edge-Loc", 5189), ("Edge-Ring", 9680), ("Loc", 3593),
        ("Near-full", 149), ("Random", 866), ("Scratch", 1193), (None, 147431),
    ];

    /// <summary>The eight patterns, in ordinal order.</summary>
    public static IReadOnlyList<string> Patterns => WaferPatterns.Names;

    /// <summary>The thirteen pairs of patterns, such as Center+Loc.</summary>
    public static IReadOnlyList<string> Mixtures => [.. Pairs.Select(pair => $"{pair.Item1}{Joint}{pair.Item2}")];

    /// <summary>Writes the set.</summary>
    /// <param name="folder">The target folder; created if it is missing. Files of the same set are overwritten.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives a report after every map, from several threads.</param>
    /// <param name="cancellationToken">Stops between maps; maps already written are kept.</param>
    /// <exception cref="SemiDefectException">
    /// The folder cannot be written, or holds other maps, which would become part of the set.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static void Write(
        string folder,
        WaferSampleOptions? options = null,
        IProgress<SampleProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new WaferSampleOptions();
        (string Path, string Class)[] jobs = [.. JobsFor(options)];
        SampleFiles.RefuseOthers(folder, [.. jobs.Select(job => job.Path)], WaferMapFile.HasExtension);
        SampleFiles.WriteAll(
            jobs,
            job =>
            {
                WaferMap map = Generate(job.Class, SampleFiles.SeedFor($"wafers/{job.Path}", options.Seed));
                AtomicFile.Write(
                    Path.Combine(folder, job.Path),
                    stream => NpyFile.Write(stream, map.States, map.Rows, map.Columns));
            },
            progress,
            cancellationToken);
    }

    /// <summary>Generates a map.</summary>
    /// <param name="type"><see cref="None"/>, one of <see cref="Patterns"/> or one of <see cref="Mixtures"/>.</param>
    /// <param name="seed">The seed of this map.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public static WaferMap Generate(string type, ulong seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        string[] patterns = type == None ? [] : type.Split(Joint);
        return Array.TrueForAll(patterns, pattern => Patterns.Contains(pattern, StringComparer.Ordinal))
            ? WaferPatterns.Draw(patterns, new SeededGenerator(seed))
            : throw new ArgumentException($"There is no class '{type}' of wafer maps.", nameof(type));
    }

    private static IEnumerable<(string Path, string Class)> JobsFor(WaferSampleOptions options)
    {
        string[] patterns = [.. Patterns, .. options.Mixtures ? Mixtures : []];
        return
        [
            .. Of("train", None, options.Good),
            .. patterns.SelectMany(pattern => Of("train", pattern, options.Train)),
            .. patterns.Append(None).SelectMany(pattern => Of("test", pattern, TestCount(pattern, options))),
        ];
    }

    private static int TestCount(string type, WaferSampleOptions options)
    {
        int at = Array.FindIndex(RealCounts, real => real.Class == type);
        if (!options.Imbalanced || at < 0)
        {
            return options.Test;
        }

        double share = RealCounts[at].Maps / (double)RealCounts.Sum(real => real.Maps);
        return Math.Max(1, (int)Math.Round(share * options.Test * RealCounts.Length));
    }

    private static IEnumerable<(string Path, string Class)> Of(string part, string type, int count) =>
        Enumerable.Range(0, count).Select(i => (FormattableString.Invariant($"{part}/{type}/{i:D5}.npy"), type));
}
