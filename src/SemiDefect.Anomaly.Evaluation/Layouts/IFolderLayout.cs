using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>A way to lay out a data set in folders. Stateless.</summary>
internal interface IFolderLayout
{
    /// <summary>Reads a folder by its names; null if it is in another layout.</summary>
    /// <exception cref="SemiDefectException">It is in this layout, but something is wrong with it.</exception>
    DatasetContent? Read(FolderListing listing);
}
