using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>Good images divided into those that candidates are fitted on and those held out. Stateless.</summary>
internal static class TuningSplit
{
    private const int Fewest = 6;

    /// <summary>
    /// Divides evenly: the source is cut into as many stretches as images are held out, and each gives one, so that
    /// shifts and lots that follow each other in the folder are all there.
    /// </summary>
    /// <exception cref="SemiDefectException">There are too few images.</exception>
    public static (int[] Learned, int[] HeldOut) Divide(int count, TuningOptions options)
    {
        if (count < Fewest)
        {
            throw new SemiDefectException(
                $"{count} good images are too few to tune with: give {Fewest} or more, or leave tuning off.");
        }

        int[] heldOut = Spread(count, Math.Min(options.HeldOut, count / 3), options.Seed);
        int[] rest = [.. Enumerable.Range(0, count).Except(heldOut)];
        int learned = Math.Min(options.Learned, rest.Length);
        return ([.. Enumerable.Range(0, learned).Select(i => rest[(int)((long)i * rest.Length / learned)])], heldOut);
    }

    /// <summary>Some of the images, one from each of equally many stretches, ascending.</summary>
    public static int[] Spread(int count, int some, ulong seed)
    {
        var generator = new SeededGenerator(seed ^ 0x5B117UL);
        var chosen = new int[some];
        for (int i = 0; i < some; i++)
        {
            int from = (int)((long)i * count / some);
            int to = (int)((long)(i + 1) * count / some);
            chosen[i] = from + generator.NextInt32(to - from);
        }

        return chosen;
    }
}
