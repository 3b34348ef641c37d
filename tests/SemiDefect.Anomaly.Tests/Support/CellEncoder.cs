using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Support;

/// <summary>
/// An encoder without a network: a patch is 8 x 8 pixels, described by their mean color and contrast only. So patches
/// do not depend on their surroundings.
/// </summary>
internal sealed class CellEncoder(string identity = "cell") : IPatchEncoder
{
    public const int Side = 8;
    public const int Dimension = 4;

    private int _disposals;

    public EncoderInfo Info { get; } = new("cells", identity, new BackboneInput(null, [0, 0, 0], [1, 1, 1]));

    public int Disposals => _disposals;

    /// <summary>Called before a view is encoded.</summary>
    public Action<PreparedView>? BeforeEncoding { get; init; }

    public PatchGrid Encode(PreparedView view, CancellationToken cancellationToken)
    {
        BeforeEncoding?.Invoke(view);
        cancellationToken.ThrowIfCancellationRequested();
        int height = view.Height / Side;
        int width = view.Width / Side;
        float[] vectors = new float[height * width * Dimension];
        for (int patch = 0; patch < height * width; patch++)
        {
            Describe(view, patch % width * Side, patch / width * Side, vectors.AsSpan(patch * Dimension, Dimension));
        }

        return PatchGrid.Of(height, width, Dimension, vectors, view.View);
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private static void Describe(PreparedView view, int left, int top, Span<float> vector)
    {
        double deviation = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            double sum = 0;
            double squares = 0;
            for (int y = top; y < top + Side; y++)
            {
                for (int x = left; x < left + Side; x++)
                {
                    double value = view.Values[(channel * view.Height + y) * view.Width + x];
                    sum += value;
                    squares += value * value;
                }
            }

            double mean = sum / (Side * Side);
            vector[channel] = (float)mean;
            deviation += Math.Sqrt(Math.Max(0, squares / (Side * Side) - mean * mean));
        }

        vector[3] = (float)deviation;
    }
}
