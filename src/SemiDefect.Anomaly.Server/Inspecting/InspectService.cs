using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Answers inspection requests, each only after its inspections are stored. Thread-safe.</summary>
internal sealed class InspectService(
    ServerOptions options,
    ModelRegistry registry,
    Inspector inspector,
    InspectionStore store,
    TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.Ordinal);

    /// <summary>Inspects one image, or the images of a form.</summary>
    /// <param name="modelName">The model.</param>
    /// <param name="images">The images.</param>
    /// <param name="labels">The labels of all of them.</param>
    /// <param name="isForm">Whether they came as a form, which is answered with a list.</param>
    /// <param name="key">The idempotency key; null for none.</param>
    /// <param name="cancellationToken">Cancels the inspection until it is stored.</param>
    /// <returns>The response as JSON, and whether it repeats an earlier one.</returns>
    public async Task<(string Answer, bool IsReplayed)> AnswerAsync(
        string modelName,
        IReadOnlyList<UploadedImage> images,
        PartLabels labels,
        bool isForm,
        string? key,
        CancellationToken cancellationToken)
    {
        if (key is null)
        {
            return (
                await InspectAsync(modelName, images, labels, isForm, null, cancellationToken).ConfigureAwait(false),
                false);
        }

        string fingerprint = Fingerprint(modelName, images, labels);
        if (!_underWay.TryAdd(key, true))
        {
            throw new ProblemException(
                409,
                "under-way",
                "The request with this idempotency key is still under way; try again.",
                1);
        }

        try
        {
            if (store.FindAnswer(key) is not { } answer)
            {
                return (
                    await InspectAsync(modelName, images, labels, isForm, (key, fingerprint), cancellationToken)
                        .ConfigureAwait(false),
                    false);
            }

            return answer.Fingerprint == fingerprint
                ? (answer.Answer, true)
                : throw new ProblemException(422, "key-reused", "This idempotency key was used for another request.");
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }

    private async Task<string> InspectAsync(
        string modelName,
        IReadOnlyList<UploadedImage> images,
        PartLabels labels,
        bool isForm,
        (string Key, string Fingerprint)? request,
        CancellationToken cancellationToken)
    {
        using ModelLease lease = await registry.LeaseAsync(modelName, cancellationToken).ConfigureAwait(false);
        (InspectionRecord?[] records, string?[] errors) = await InspectAllAsync(
            lease.Model,
            images,
            isForm,
            cancellationToken).ConfigureAwait(false);

        UnreadableJson[] unreadable =
        [
            .. images.Zip(errors)
                .Where(pair => pair.Second is not null)
                .Select(pair => new UnreadableJson(pair.First.Name, pair.Second!)),
        ];
        string answer = string.Empty;
        try
        {
            // From here on, the inspections are stored even if the client leaves.
            cancellationToken.ThrowIfCancellationRequested();
            await store.AddAsync(
                [.. records.OfType<InspectionRecord>().Select(record => record with { Labels = labels })],
                Answer).ConfigureAwait(false);
        }
        catch
        {
            inspector.Discard(records.OfType<InspectionRecord>());
            throw;
        }

        return answer;

        KeyedAnswer? Answer(IReadOnlyList<InspectionRecord> stored)
        {
            InspectionJson[] inspections = [.. stored.Select(InspectionMapper.ToJson)];
            answer = isForm
                ? JsonSerializer.Serialize(
                    new InspectManyJson(inspections, unreadable),
                    ServerJson.Types.InspectManyJson)
                : JsonSerializer.Serialize(inspections[0], ServerJson.Types.InspectionJson);
            return request is { } keyed
                ? new KeyedAnswer(keyed.Key, keyed.Fingerprint, answer, clock.GetUtcNow())
                : null;
        }
    }

    private async Task<(InspectionRecord?[] Records, string?[] Errors)> InspectAllAsync(
        LoadedModel model, IReadOnlyList<UploadedImage> images, bool isForm, CancellationToken cancellationToken)
    {
        var records = new InspectionRecord?[images.Count];
        string?[] errors = new string?[images.Count];
        var parallel =
            new ParallelOptions { MaxDegreeOfParallelism = options.BatchSize, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForAsync(0, images.Count, parallel, async (i, token) =>
            {
                try
                {
                    records[i] = await inspector.InspectAsync(model, images[i], token).ConfigureAwait(false);
                }
                catch (SemiDefectException error) when (isForm)
                {
                    errors[i] = error.Message;
                }
            }).ConfigureAwait(false);
        }
        catch
        {
            inspector.Discard(records.OfType<InspectionRecord>());
            throw;
        }

        return (records, errors);
    }

    private static string Fingerprint(string modelName, IReadOnlyList<UploadedImage> images, PartLabels labels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(modelName));
        if (labels != PartLabels.None)
        {
            // A label has no control characters, so they separate labels.
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{labels.Station}\n{labels.Lot}\n{labels.Part}\n"));
        }

        foreach (UploadedImage image in images)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(image.Name)));
            hash.AppendData(SHA256.HashData(image.Bytes.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
