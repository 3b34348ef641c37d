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
    /// <param name="name">The folder of the set in it.</param>
    /// <param name="own">The paths of its images in <paramref name="folder"/>, with '/'.</param>
    /// <exception cref="SemiDefectException">There is another image.</exception>
    public static void RefuseStrangers(string folder, string name, HashSet<string> own)
    {
        string setFolder = Path.Combine(folder, name);
        if (Directory.Exists(setFolder)
            && ImageFolder.ListImages(setFolder)
                .Items.FirstOrDefault(item => !own.Contains($"{name}/{item.RelativePath}")) is { } stranger)
        {
            throw new SemiDefectException(
                $"'{stranger.FullPath}' is not part of this sample set; choose an empty folder or remove "
                    + $"'{setFolder}' first.");
        }
    }
}
