using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

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

        int held = Math.Min(options.HeldOut, count / 3);
        var generator = new SeededGenerator(options.Seed ^ 0x5B117UL);
        var heldOut = new int[held];
        for (int i = 0; i < held; i++)
        {
            int from = (int)((long)i * count / held);
            int to = (int)((long)(i + 1) * count / held);
            heldOut[i] = from + generator.NextInt32(to - from);
        }

        int[] rest = [.. Enumerable.Range(0, count).Except(heldOut)];
        int learned = Math.Min(options.Learned, rest.Length);
        return ([.. Enumerable.Range(0, learned).Select(i => rest[(int)((long)i * rest.Length / learned)])], heldOut);
    }

    /// <summary>Some images of a source.</summary>
    public static ImageList Pick(IImageSource source, int[] images) => new(
        images.Select(image => source.Describe(image).Name),
        (index, cancellationToken) => source.Read(images[index], cancellationToken));
}
