using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Imaging.Resampling;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The image of an inspection, its heatmap, and its nearest training patch.</summary>
internal static class PictureEndpoints
{
    private const int ThumbnailSide = 240;

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder inspections = api.MapGroup("/inspections/{id:long}").WithTags("pictures");
        inspections.MapGet("/image", ImageAsync)
            .WithName("get-image")
            .WithSummary("The original image; TIFF is converted to PNG.")
            .Produces(200, contentType: "image/png")
            .ProducesProblem(404);
        inspections.MapGet("/thumbnail.webp", ThumbnailAsync)
            .WithName("get-thumbnail")
            .WithSummary("A thumbnail of the image, a tenth of the bytes of thumbnail.png.")
            .Produces(200, contentType: "image/webp")
            .ProducesProblem(404);
        inspections.MapGet("/thumbnail.png", ThumbnailAsync)
            .WithName("get-thumbnail-png")
            .WithSummary("A thumbnail of the image, without losses.")
            .Produces(200, contentType: "image/png")
            .ProducesProblem(404);
        inspections.MapGet("/heatmap.png", HeatmapAsync)
            .WithName("get-heatmap")
            .WithSummary("The image with its heatmap.")
            .Produces(200, contentType: "image/png")
            .ProducesProblem(404);
        inspections.MapGet("/compare", CompareAsync)
            .WithName("compare")
            .WithSummary("The highest-scoring patch and the nearest training patch.")
            .Produces<CompareJson>()
            .ProducesProblem(404);
        api.MapGet("/models/{model}/training/{image}", TrainingImageAsync)
            .WithTags("training")
            .WithName("get-training-image")
            .WithSummary("A training image; TIFF is converted to PNG.")
            .Produces(200, contentType: "image/png")
            .ProducesProblem(404);
        api.MapGet("/models/{model}/training/{image}/thumbnail.webp", TrainingThumbnailAsync)
            .WithTags("training")
            .WithName("get-training-thumbnail")
            .WithSummary("A thumbnail of a training image.")
            .Produces(200, contentType: "image/webp")
            .ProducesProblem(404);
    }

    private static async Task ImageAsync(
        HttpContext context,
        InspectionStore store,
        FeedbackStore feedback,
        Inspector inspector,
        long id)
    {
        InspectionRecord record = InspectionEndpoints.Require(store, id);
        await SendAsync(context, inspector, ReadImage(record, feedback), record.Name).ConfigureAwait(false);
    }

    private static async Task ThumbnailAsync(
        HttpContext context,
        InspectionStore store,
        FeedbackStore feedback,
        Inspector inspector,
        long id)
    {
        InspectionRecord record = InspectionEndpoints.Require(store, id);
        byte[] image = ReadImage(record, feedback);
        bool isPng = context.Request.Path.Value!.EndsWith(".png", StringComparison.Ordinal);
        byte[] thumbnail = await inspector.InTurnAsync(
            () =>
            {
                Image small = Shrink(inspector.Decode(image, record.Name));
                return isPng ? ToPng(small) : PictureEncoder.ToWebp(small);
            },
            context.RequestAborted).ConfigureAwait(false);
        await SendAsync(context, thumbnail, isPng ? "image/png" : "image/webp").ConfigureAwait(false);
    }

    private static async Task HeatmapAsync(
        HttpContext context,
        InspectionStore store,
        PictureStore pictures,
        Inspector inspector,
        long id)
    {
        InspectionRecord record = InspectionEndpoints.Require(store, id);
        byte[] image = (record.Picture is { } picture ? pictures.ReadImage(picture) : null) ?? throw Gone(id);
        AnomalyMap map = pictures.ReadMap(record.Picture!, record.Detail.Geometry) ?? throw Gone(id);
        byte[] png = await inspector.InTurnAsync(
            () => ToPng(
                HeatmapRenderer.Render(
                    inspector.Decode(image, record.Name),
                    map.ToOriginal(record.Detail.Geometry),
                    (float)record.PixelThreshold,
                    new HeatmapOptions { Geometry = record.Detail.Geometry })),
            context.RequestAborted).ConfigureAwait(false);
        await SendAsync(context, png, "image/png").ConfigureAwait(false);
    }

    private static async Task<CompareJson> CompareAsync(
        HttpContext context,
        InspectionStore store,
        ModelRegistry registry,
        TrainingStore training,
        Inspector inspector,
        long id)
    {
        InspectionRecord record = InspectionEndpoints.Require(store, id);
        PatchMatch match = record.Detail.Match;
        InputGeometry inspected = record.Detail.Geometry;
        var patch = new PatchJson(match.X, match.Y, match.Neighborhood(inspected));
        var unknown = new TrainingPatchJson(match.TrainingImage, false, null, null, null, null);
        if (!ModelName.IsValid(record.Model)
            || training.Find(record.Model, match.TrainingImage) is not { } path
            || ModelStamp.Of(registry.PathOf(record.Model)) is null)
        {
            return new CompareJson(patch, unknown);
        }

        DetectorDescription detector = registry.ReadDescription(record.Model);
        Image image = await inspector.InTurnAsync(() => ImageFile.Read(path), context.RequestAborted)
            .ConfigureAwait(false);
        LaneDescription lane = detector.Lanes[Math.Min(match.Lane, detector.Lanes.Count - 1)];
        InputGeometry geometry = lane.Views.Canvas(image.Width, image.Height);
        (double x, double y) = match.OnTrainingImage(inspected, detector, image.Width, image.Height);
        string link =
            $"/api/v1/models/{Uri.EscapeDataString(record.Model)}/training/{Uri.EscapeDataString(match.TrainingImage)}";
        return new CompareJson(
            patch,
            new TrainingPatchJson(match.TrainingImage, true, x, y, match.Neighborhood(geometry), link));
    }

    private static async Task TrainingImageAsync(
        HttpContext context,
        TrainingStore training,
        Inspector inspector,
        string model,
        string image)
    {
        string path = training.Find(model, image) ?? throw ProblemException.NotFound(
            $"The model '{model}' has no training image '{image}' here.");
        byte[] bytes = await File.ReadAllBytesAsync(path, context.RequestAborted).ConfigureAwait(false);
        await SendAsync(context, inspector, bytes, image, isLasting: false).ConfigureAwait(false);
    }

    private static async Task TrainingThumbnailAsync(
        HttpContext context,
        TrainingStore training,
        Inspector inspector,
        string model,
        string image)
    {
        byte[] bytes = training.Read(model, image) ?? throw ProblemException.NotFound(
            $"The model '{model}' has no training image '{image}' here.");
        byte[] thumbnail = await inspector.InTurnAsync(
            () => PictureEncoder.ToWebp(Shrink(inspector.Decode(bytes, image))),
            context.RequestAborted).ConfigureAwait(false);
        await SendAsync(context, thumbnail, "image/webp", isLasting: context.Request.Query.ContainsKey("written"))
            .ConfigureAwait(false);
    }

    private static byte[] ReadImage(InspectionRecord record, FeedbackStore feedback) =>
        feedback.ReadImage(record) ?? throw Gone(record.Id);

    private static async Task SendAsync(
        HttpContext context,
        Inspector inspector,
        byte[] image,
        string name,
        bool isLasting = true)
    {
        string type = MediaTypes.Of(image);
        if (type is MediaTypes.Tiff or MediaTypes.Dicom)
        {
            // Browsers display neither.
            image = await inspector.InTurnAsync(
                () => ToPng(inspector.Decode(image, name)),
                context.RequestAborted).ConfigureAwait(false);
            type = "image/png";
        }

        await SendAsync(context, image, type, isLasting).ConfigureAwait(false);
    }

    private static async Task SendAsync(HttpContext context, byte[] content, string type, bool isLasting = true)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;

        // The pictures of an inspection never change; a training image may be replaced.
        context.Response.Headers.CacheControl = isLasting ? "private, max-age=86400" : "private, no-cache";
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }

    private static Image Shrink(Image image)
    {
        double scale = Math.Min(1, (double)ThumbnailSide / Math.Max(image.Width, image.Height));
        return PillowBilinear.Resize(
            image,
            Math.Max(1, (int)(image.Width * scale)),
            Math.Max(1, (int)(image.Height * scale)));
    }

    private static byte[] ToPng(Image image)
    {
        using var stream = new MemoryStream();
        PngWriter.Write(stream, image.Width, image.Height, 3, image.Rgb);
        return stream.ToArray();
    }

    private static ProblemException Gone(long id) =>
        ProblemException.NotFound($"The picture of inspection {id} is no longer kept.");
}
