using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Where images wait for their inspection. Thread-safe.</summary>
internal interface IInspectionQueue
{
    /// <summary>Inspects one image.</summary>
    /// <exception cref="SemiDefectException">The image cannot be read, or does not fit the model.</exception>
    Task<InspectedImage> InspectAsync(LoadedModel model, UploadedImage image, CancellationToken cancellationToken);
}
