using System.Text;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>What all sample sets have in common: the seed of an image, and a folder of their own. Stateless.</summary>
internal static class SampleFiles
{
    /// <summary>FNV-1a (Fowler, Noll and Vo) of the path, plus the seed, scrambled.</summary>
    public static ulong SeedFor(string path, ulong seed)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(path))
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return new SeededGenerator(hash + seed).NextUInt64();
    }

    /// <summary>Refuses a folder with other images, which would become part of the set.</summary>
    /// <param name="folder">The folder that sets are written to.</param>
    /// <param name="name">The folder of the set in it; null if the set is the whole folder.</param>
    /// <param name="own">The paths of its images in <paramref name="folder"/>, with '/'.</param>
    /// <exception cref="SemiDefectException">There is another image.</exception>
    public static void RefuseStrangers(string folder, string? name, HashSet<string> own)
    {
        string setFolder = name is null ? folder : Path.Combine(folder, name);
        string prefix = name is null ? string.Empty : $"{name}/";
        if (Directory.Exists(setFolder)
            && ImageFolder.ListImages(setFolder)
                .Items.FirstOrDefault(item => !own.Contains(prefix + item.RelativePath)) is { } stranger)
        {
            throw new SemiDefectException(
                $"'{stranger.FullPath}' is not part of this sample set; choose an empty folder"
                    + (name is null ? "." : $" or remove '{setFolder}' first."));
        }
    }

    /// <summary>Refuses a folder with other files of the kind of a set, which would become part of it.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="own">The paths of its files in <paramref name="folder"/>, with '/'.</param>
    /// <param name="isOfKind">Whether a path is that of a file of the kind.</param>
    /// <exception cref="SemiDefectException">There is another file.</exception>
    public static void RefuseOthers(string folder, HashSet<string> own, Func<string, bool> isOfKind)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        FolderListing listing = FolderListing.Read(Path.GetFullPath(folder), isApart: false);
        if (listing.Images.Select(image => image.RelativePath)
            .Concat(listing.OtherFiles)
            .FirstOrDefault(path => isOfKind(path) && !own.Contains(path)) is { } stranger)
        {
            throw new SemiDefectException(
                $"'{Path.Combine(folder, stranger)}' is not part of this set; choose an empty folder.");
        }
    }

    /// <summary>Writes all images of a set in parallel; each depends on nothing but its own job.</summary>
    /// <param name="jobs">The images.</param>
    /// <param name="write">Writes one of them.</param>
    /// <param name="progress">Told of each image, from any thread; null for none.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static void WriteAll<T>(
        IReadOnlyCollection<T> jobs,
        Action<T> write,
        IProgress<SampleProgress>? progress,
        CancellationToken cancellationToken)
    {
        int done = 0;
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        try
        {
            Parallel.ForEach(jobs, parallel, job =>
            {
                write(job);
                progress?.Report(new SampleProgress(Interlocked.Increment(ref done), jobs.Count));
            });
        }
        catch (AggregateException errors) when (errors.InnerException is SemiDefectException error)
        {
            throw new SemiDefectException(error.Message, error);
        }
    }
}
