using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Banks;

/// <summary>Where one training image's patches lie among the rows of all.</summary>
/// <param name="FirstRow">The first of its rows.</param>
/// <param name="GridHeight">Rows of its patch grid.</param>
/// <param name="GridWidth">Columns of its patch grid.</param>
/// <param name="Geometry">Where the network's input lay on the original image.</param>
internal sealed record ImagePatches(int FirstRow, int GridHeight, int GridWidth, InputGeometry Geometry)
{
    public int Count => GridHeight * GridWidth;
}
