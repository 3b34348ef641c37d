using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Audit;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// Makes and activates versions. An activation that would lose a known defect is refused, unless the caller overrides
/// it with a reason. Thread-safe.
/// </summary>
internal sealed class ModelVersions(
    ModelRegistry registry,
    VersionLedger ledger,
    VersionFiles files,
    DefectCheck check)
{
    private const int MostNamed = 5;

    /// <summary>Makes a version, which is not active yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="origin">One of <see cref="VersionOrigin"/>.</param>
    /// <param name="actor">Who made it.</param>
    /// <param name="write">Writes the detector file to a path.</param>
    /// <param name="parent">The version that it was made from; null for none.</param>
    /// <param name="learned">The inspections whose images were added.</param>
    public Task<ModelVersion> AddAsync(
        string model,
        string origin,
        string actor,
        Action<string> write,
        ModelVersion? parent = null,
        IReadOnlyList<long>? learned = null) => registry.ChangeAsync(
        model,
        async path =>
        {
            await SyncAsync(model, path).ConfigureAwait(false);
            return await WriteAsync(Draft(model, origin, actor, parent, learned), write).ConfigureAwait(false);
        },
        CancellationToken.None);

    /// <summary>The versions, from the newest to the oldest, and the active one.</summary>
    public async Task<(IReadOnlyList<ModelVersion> Versions, ModelVersion? Active)> ListAsync(
        string model,
        CancellationToken cancellationToken)
    {
        ModelVersion? active = await FindActiveAsync(model, cancellationToken).ConfigureAwait(false);
        return (ledger.List(model), active);
    }

    /// <summary>A version.</summary>
    /// <exception cref="ProblemException">There is no such version.</exception>
    public ModelVersion Require(string model, int number) => ledger.Find(ModelName.Check(model), number)
        ?? throw ProblemException.NotFound($"The model '{model}' has no version {number}.");

    /// <summary>The active version, also of a file that another program has put there; null for none.</summary>
    public async Task<ModelVersion?> FindActiveAsync(string model, CancellationToken cancellationToken)
    {
        if (!File.Exists(registry.PathOf(model)) && ledger.FindActive(model) is null)
        {
            return null;
        }

        return await registry.ChangeAsync(
            model,
            async path =>
            {
                await SyncAsync(model, path).ConfigureAwait(false);
                return ledger.FindActive(model);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a version the active one.</summary>
    /// <exception cref="ProblemException">It would lose a known defect (409).</exception>
    public Task<ModelVersion> ActivateAsync(
        string model,
        int number,
        string actor,
        Override permission,
        CancellationToken cancellationToken) => registry.ChangeAsync(
        model,
        async path =>
        {
            bool isSound = await SyncAsync(model, path).ConfigureAwait(false);
            await ActivateAsync(Require(model, number), path, isSound, actor, permission, cancellationToken)
                .ConfigureAwait(false);
            return Require(model, number);
        },
        cancellationToken);

    /// <summary>Makes a version with other thresholds of the active one, and activates it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="actor">Who sets them.</param>
    /// <param name="permission">Whether known defects may be lost.</param>
    /// <param name="write">Writes the detector file of the new version: from, to.</param>
    /// <param name="cancellationToken">Stops it before the activation.</param>
    /// <exception cref="ProblemException">There is no such model, or a known defect would be lost (409).</exception>
    public Task<(ModelVersion Version, T Result)> SetThresholdAsync<T>(
        string model,
        string actor,
        Override permission,
        Func<string, string, T> write,
        CancellationToken cancellationToken) => registry.ChangeAsync(
        model,
        async path =>
        {
            registry.Require(model);
            await ledger.SyncAsync(model, path).ConfigureAwait(false);
            ModelVersion active = ledger.FindActive(model)!;
            string changed = files.NewPath();
            try
            {
                T result = write(ledger.FileOf(active), changed);

                // The scores are those of the active version, so the losses are known before anything is stored.
                DetectorFacts facts = DetectorFacts.Of(AnomalyDetector.ReadDescription(changed));
                DefectLoss loss = await check.CompareAsync(active, active with { Facts = facts }, cancellationToken)
                    .ConfigureAwait(false);
                Refuse(loss, permission, $"The threshold {facts.Threshold:G6}");
                ModelVersion version = await ledger.AddAsync(
                    Draft(model, VersionOrigin.Threshold, actor, active, null) with { Scoring = active.Scoring },
                    changed).ConfigureAwait(false);
                if (version.Number != active.Number)
                {
                    await ledger.ActivateAsync(
                        version, path, Entry(AuditActions.ThresholdSet, actor, active, version, permission))
                        .ConfigureAwait(false);
                }

                return (version, result);
            }
            finally
            {
                File.Delete(changed);
            }
        },
        cancellationToken);

    /// <summary>Makes a version of a complete detector file, which is moved, and activates it.</summary>
    /// <exception cref="ProblemException">
    /// It would lose a known defect (409); the version is kept, and can be activated.
    /// </exception>
    public Task<ModelVersion> UploadAsync(
        string model,
        string upload,
        string actor,
        Override permission,
        CancellationToken cancellationToken) => registry.ChangeAsync(
        model,
        async path =>
        {
            bool isSound = await SyncAsync(model, path).ConfigureAwait(false);
            ModelVersion version = await ledger.AddAsync(
                Draft(model, VersionOrigin.Upload, actor, null, null),
                upload).ConfigureAwait(false);
            await ActivateAsync(version, path, isSound, actor, permission, cancellationToken).ConfigureAwait(false);
            return version;
        },
        cancellationToken);

    /// <summary>Marks a version that was never active as one that nobody wants.</summary>
    /// <exception cref="ProblemException">There is no such version, or it is the active one (409).</exception>
    public async Task DiscardAsync(string model, int number, string actor, string? reason)
    {
        ModelVersion version = Require(model, number);
        if (ledger.FindActive(model)?.Number == number)
        {
            throw new ProblemException(409, "active", $"Version {number} is the active one: activate another first.");
        }

        await ledger.DiscardAsync(version, actor, reason).ConfigureAwait(false);
    }

    private static ModelVersion Draft(
        string model,
        string origin,
        string actor,
        ModelVersion? parent,
        IReadOnlyList<long>? learned) => new()
        {
            Model = model,
            Number = 0,
            Sha256 = string.Empty,
            Bytes = 0,
            Time = default,
            Actor = actor,
            Origin = origin,
            Parent = parent?.Number,
            Scoring = string.Empty,
            Facts = new DetectorFacts(0, 0, string.Empty, null, null, 0, 0),
            Learned = learned ?? [],
        };

    private static AuditDraft Entry(
        string action,
        string actor,
        ModelVersion? before,
        ModelVersion after,
        Override permission) => new(
        actor,
        action,
        after.Model,
        VersionLedger.Describe(before),
        VersionLedger.Describe(after),
        permission.Reason);

    private static void Refuse(DefectLoss loss, Override permission, string what)
    {
        if (loss.Lost.Count == 0 || permission.IsGiven)
        {
            return;
        }

        string names = string.Join(
            ", ",
            loss.Lost.Take(MostNamed).Select(defect => $"'{defect.Record.Name}' (inspection {defect.Record.Id})"));
        throw new ProblemException(
            409,
            "defects-lost",
            $"{what} would call {loss.Lost.Count} of {loss.Known} known defects normal: {names}"
                + $"{(loss.Lost.Count > MostNamed ? ", ..." : "")}. The active version finds them. To use it "
                + "nevertheless, send override = true and a reason.");
    }

    // Whether the file is the active version now. A file that cannot be read is not, and the versions are the way back.
    private async Task<bool> SyncAsync(string model, string path)
    {
        try
        {
            await ledger.SyncAsync(model, path).ConfigureAwait(false);
            return true;
        }
        catch (SemiDefectException error) when (error.InnerException is not SqliteException)
        {
            return false;
        }
    }

    private async Task ActivateAsync(
        ModelVersion version,
        string path,
        bool isSound,
        string actor,
        Override permission,
        CancellationToken cancellationToken)
    {
        ModelVersion? active = ledger.FindActive(version.Model);
        if (isSound && active?.Number == version.Number)
        {
            return;
        }

        DefectLoss loss = await check.CompareAsync(active, version, cancellationToken).ConfigureAwait(false);
        Refuse(loss, permission, $"Version {version.Number}");
        await ledger.ActivateAsync(
            version, path, Entry(AuditActions.VersionActivated, actor, active, version, permission))
            .ConfigureAwait(false);
    }

    private async Task<ModelVersion> WriteAsync(ModelVersion draft, Action<string> write)
    {
        string path = files.NewPath();
        try
        {
            write(path);
            return await ledger.AddAsync(draft, path).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
