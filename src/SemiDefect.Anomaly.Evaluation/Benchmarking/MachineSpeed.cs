using System.Diagnostics;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Benchmarking;

/// <summary>
/// Measures how fast this machine runs a network, to turn a latency into a number of multiply-adds. Stateless and
/// thread-safe, but concurrent work distorts the timing.
/// </summary>
public static class MachineSpeed
{
    private const int Side = 512;
    private const int WarmUps = 2;
    private const int Runs = 9;

    /// <summary>
    /// The seconds per multiply-add of the embedded network on one picture of 512 x 512 pixels: the median of nine
    /// runs, in about a second.
    /// </summary>
    /// <param name="threads">Threads, or 0 for one per core.</param>
    /// <param name="cancellationToken">Cancels between runs.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static double SecondsPerMultiplyAdd(int threads = 0, CancellationToken cancellationToken = default)
    {
        BackboneFile network = BackboneFile.Open(BackboneFile.DefaultName);
        using IPatchEncoder encoder =
            network.CreateEncoder(options: new OnnxBackboneOptions { Threads = threads });
        byte[] rgb = [.. Enumerable.Range(0, 3 * Side * Side).Select(i => (byte)(i * 31 % 251))];
        PreparedView view = PreparedView.Of(
            new Image(Side, Side, rgb),
            new PreprocessingOptions(ResizeKind.None, 0, null, network.Input.Mean, network.Input.Std));
        double[] seconds = new double[Runs];
        for (int run = -WarmUps; run < Runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            _ = encoder.Encode(view, cancellationToken);
            if (run >= 0)
            {
                seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        Array.Sort(seconds);
        double multiplyAdds = network.Manifest!.MultiplyAdds224 * (double)(Side * Side) / (224 * 224);
        return seconds[Runs / 2] / multiplyAdds;
    }
}
