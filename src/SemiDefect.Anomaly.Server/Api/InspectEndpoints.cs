using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>POST /api/v1/models/{model}/inspect.</summary>
internal static class InspectEndpoints
{
    public const string KeyHeader = "Idempotency-Key";
    private const int LongestKey = 128;

    public static void Map(RouteGroupBuilder api) => api.MapPost("/models/{model}/inspect", InspectAsync)
        .WithTags("inspect")
        .WithName("inspect")
        .WithSummary("Inspects one image (raw body) or many (multipart/form-data, every part a file).")
        .WithDescription(
            "One image gets one inspection; a form gets {inspections, unreadable}. The header Idempotency-Key makes "
                + "a repeated request safe for 24 hours. The parameters station, lot and part label the inspections "
                + "(100 characters each): the history filters and exports them.")
        .RequireRole(AccessRole.Operate)
        .Produces<InspectionJson>()
        .ProducesProblem(409)
        .ProducesProblem(413)
        .ProducesProblem(415)
        .ProducesProblem(422)
        .ProducesProblem(429)
        .ProducesProblem(503);

    private static async Task InspectAsync(
        HttpContext context,
        string model,
        string? name,
        string? station,
        string? lot,
        string? part,
        ServerOptions options,
        Admission admission,
        ModelRegistry registry,
        InspectService service)
    {
        HttpRequest request = context.Request;
        bool isForm = UploadReader.IsForm(request);
        string? key = Key(request);
        var labels = PartLabels.Of(station, lot, part);
        registry.Require(model);

        // A body without a length may grow to the limit.
        long most = isForm ? options.MaxRequestBytes : options.MaxImageBytes;
        if (request.ContentLength > most)
        {
            throw new ProblemException(413, "too-large", $"The request may have {most} bytes.");
        }

        using IDisposable room = admission.Enter(isForm ? options.BatchSize : 1, request.ContentLength ?? most);
        CancellationToken cancellationToken = context.RequestAborted;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.RequestTimeout);
        IReadOnlyList<UploadedImage> images = isForm
            ? await UploadReader.ReadFormAsync(request, options, timeout.Token).ConfigureAwait(false)
            : [await UploadReader.ReadRawAsync(request, name, options.MaxImageBytes, timeout.Token)
                .ConfigureAwait(false)];
        (string answer, bool isReplayed) = await service.AnswerAsync(
            model,
            images,
            labels,
            isForm,
            key,
            timeout.Token).ConfigureAwait(false);
        if (isReplayed)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    private static string? Key(HttpRequest request)
    {
        string key = request.Headers[KeyHeader].ToString();
        return key.Length == 0 ? null
            : key.Length <= LongestKey && key.All(c => c is > ' ' and < (char)127) ? key
            : throw ProblemException.Invalid(
                $"An idempotency key has 1 to {LongestKey} printable ASCII characters without spaces.");
    }
}
