using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>One image's patch embeddings.</summary>
/// <param name="Index">Its position in the list that was embedded.</param>
/// <param name="Rows">gridHeight x gridWidth rows, one after the other.</param>
/// <param name="GridHeight">Rows of the patch grid.</param>
/// <param name="GridWidth">Columns of the patch grid.</param>
/// <param name="Dimension">Values per patch.</param>
/// <param name="Geometry">Where the network's input lies on the original image.</param>
internal sealed record EmbeddedImage(int Index, ReadOnlyMemory<float> Rows, int GridHeight, int GridWidth, int Dimension, InputGeometry Geometry)
{
    public int Patches => GridHeight * GridWidth;
}
