using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace CustomEncoder;

/// <summary>Patches without a network: mean and contrast of each channel in 8 x 8 pixels. Thread-safe.</summary>
public sealed class CellStatistics : IPatchEncoder
{
    private const int Side = 8;
    private const int Dimension = 6;

    /// <summary>Another identity for other vectors: a detector opens only with its own encoder.</summary>
    public EncoderInfo Info { get; } = new("cell statistics", "cell-statistics-1", BackboneInput.ImageNet);

    public PatchGrid Encode(PreparedView view, CancellationToken cancellationToken)
    {
        (int height, int width) = (view.Height / Side, view.Width / Side);
        float[] vectors = new float[height * width * Dimension];
        for (int i = 0; i < 3 * height * width; i++)
        {
            (int patch, int channel) = (i / 3, i % 3);
            (float sum, float squares) = (0, 0);
            for (int pixel = 0; pixel < Side * Side; pixel++)
            {
                int x = patch % width * Side + pixel % Side;
                int y = patch / width * Side + pixel / Side;
                float value = view.Values[(channel * view.Height + y) * view.Width + x];
                (sum, squares) = (sum + value, squares + value * value);
            }

            float mean = vectors[patch * Dimension + channel] = sum / (Side * Side);
            vectors[patch * Dimension + 3 + channel] = MathF.Sqrt(MathF.Max(0, squares / (Side * Side) - mean * mean));
        }

        return PatchGrid.Of(height, width, Dimension, vectors, view.View);
    }

    public void Dispose() => GC.SuppressFinalize(this);
}
