using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Inspects on this machine, in batches. A decoded image is released once the network's input is made of it.
/// Thread-safe.
/// </summary>
internal sealed class LocalQueue(Turns turns) : IInspectionQueue
{
    /// <inheritdoc/>
    public async Task<InspectedImage> InspectAsync(
        LoadedModel model,
        UploadedImage image,
        CancellationToken cancellationToken)
    {
        PreparedImage prepared = await turns.RunAsync(
            () => model.Detector.Prepare(ImageFile.Decode(image.Bytes, image.Name, model.Detector.Reading)),
            cancellationToken).ConfigureAwait(false);
        Inspection inspection = await model.Batches.InspectAsync(
            prepared,
            image.Name,
            cancellationToken).ConfigureAwait(false);

        // Regions need the map at the size of the image, so this waits for its turn as well.
        return await turns.RunAsync(() => Keep(inspection), cancellationToken).ConfigureAwait(false);
    }

    private static InspectedImage Keep(Inspection inspection) => new()
    {
        Score = inspection.Score,
        Threshold = inspection.Threshold,
        CheckThreshold = inspection.CheckThreshold,
        PixelThreshold = inspection.PixelThreshold,
        PValue = inspection.PValue,
        Geometry = inspection.Geometry,
        Match = inspection.HighestPatch,
        RegionCount = inspection.Regions.Count,
        Regions = [.. inspection.Regions.Take(InspectedImage.MostRegions)],
        InputMap = inspection.InputMap,
    };
}
