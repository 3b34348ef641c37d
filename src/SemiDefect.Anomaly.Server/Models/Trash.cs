using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// Deletes models and training images so that they can be restored for a day. Their files wait in DATA/deleted/ID; the
/// versions of a deleted model stay where they are. Thread-safe.
/// </summary>
internal sealed class Trash(
    ServerOptions options,
    Database database,
    ModelRegistry registry,
    VersionLedger ledger,
    VersionFiles files,
    TrainingStore training,
    AuditLog audit,
    TimeProvider clock,
    ILogger<Trash> logger)
{
    private const string TrainingFolder = "training";
    private const string BrokenFile = "model" + ModelRegistry.Extension;

    /// <summary>What can be restored, from the newest to the oldest.</summary>
    public IReadOnlyList<Deletion> List() =>
        [.. database.Read(DeletionStore.ListOpen).Where(deletion => deletion.Until > clock.GetUtcNow())];

    /// <summary>Deletes a model and its training images.</summary>
    public Task<Deletion> DeleteModelAsync(string model, string actor, CancellationToken cancellationToken) =>
        registry.ChangeAsync(
            model,
            async path =>
            {
                registry.Require(model);
                bool isVersion = await TrySyncAsync(model, path).ConfigureAwait(false);
                ModelVersion? active = isVersion ? ledger.FindActive(model) : null;
                Deletion deletion = null!;
                Deletion draft = new(0, Deletion.Model, model, active?.Number, Now(), actor);
                if (active is not null)
                {
                    // The training images follow: a crash before leaves them in place, and a restore finds them there.
                    await ledger.DeactivateAsync(model, path, connection =>
                    {
                        deletion = DeletionStore.Insert(connection, draft);
                        audit.Append(connection, Entry(AuditActions.ModelDeleted, deletion, active));
                    }).ConfigureAwait(false);
                }
                else
                {
                    deletion = await AddAsync(draft, AuditActions.ModelDeleted).ConfigureAwait(false);
                    Directory.CreateDirectory(FolderOf(deletion));
                    File.Move(path, Path.Combine(FolderOf(deletion), BrokenFile));
                }

                training.MoveAll(model, Path.Combine(FolderOf(deletion), TrainingFolder));
                return deletion;
            },
            cancellationToken);

    /// <summary>Removes all training images of a model.</summary>
    public Task<Deletion?> ClearTrainingAsync(string model, string actor, CancellationToken cancellationToken) =>
        registry.ChangeAsync(
            ModelName.Check(model),
            async _ =>
            {
                if (training.List(model).Names.Count == 0)
                {
                    return null;
                }

                Deletion? deletion = await AddAsync(
                    new Deletion(0, Deletion.Training, model, null, Now(), actor),
                    AuditActions.TrainingCleared).ConfigureAwait(false);
                training.MoveAll(model, Path.Combine(FolderOf(deletion), TrainingFolder));
                return deletion;
            },
            cancellationToken);

    /// <summary>Undoes the latest deletion of a kind.</summary>
    /// <exception cref="ProblemException">There is none, or it would overwrite something.</exception>
    public Task<Deletion> RestoreAsync(
        string model,
        string kind,
        string actor,
        CancellationToken cancellationToken) => registry.ChangeAsync(
        ModelName.Check(model),
        async path =>
        {
            Deletion deletion = List().FirstOrDefault(one => one.Kind == kind && one.Name == model)
                ?? throw ProblemException.NotFound(kind == Deletion.Model
                    ? $"No model '{model}' was deleted within the last day."
                    : $"No training images of the model '{model}' were cleared within the last day.");
            string images = Path.Combine(FolderOf(deletion), TrainingFolder);
            RefuseOverwriting(model, kind, path, images);
            if (kind == Deletion.Model)
            {
                await RestoreFileAsync(deletion, path, actor).ConfigureAwait(false);
            }

            training.MoveBack(model, images);
            await database.WriteAsync(connection =>
            {
                DeletionStore.End(connection, deletion.Id, Now());
                return kind == Deletion.Model && deletion.Number is not null
                    ? 0
                    : audit.Append(
                        connection,
                        Entry(
                            kind == Deletion.Model ? AuditActions.ModelRestored : AuditActions.TrainingRestored,
                            deletion with { Actor = actor },
                            null));
            }).ConfigureAwait(false);
            DeleteFolder(deletion);
            return deletion;
        },
        cancellationToken);

    /// <summary>Deletes for good what can no longer be restored.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = Now();
        try
        {
            training.PurgeRemoved(now - Deletion.Kept);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next round tries again.
            logger.Problem(error.Message);
        }

        foreach (Deletion deletion in database.Read(DeletionStore.ListOpen).Where(one => one.Until <= now))
        {
            try
            {
                await registry.ChangeAsync(
                    deletion.Name,
                    path => PurgeAsync(deletion, path),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The next round tries again.
                logger.Problem(error.Message);
            }
        }
    }

    private async Task<bool> PurgeAsync(Deletion deletion, string path)
    {
        // A model of the same name has continued its versions.
        bool isGone = deletion.Kind == Deletion.Model
            && !File.Exists(path)
            && ledger.FindActive(deletion.Name) is null;
        DeleteFolder(deletion);
        if (isGone)
        {
            files.DeleteAll(deletion.Name);
        }

        return await database.WriteAsync(connection =>
        {
            DeletionStore.End(connection, deletion.Id, Now());
            if (isGone)
            {
                VersionStore.DeleteAll(connection, deletion.Name);
                audit.Append(
                    connection,
                    Entry(AuditActions.ModelPurged, deletion with { Actor = "retention" }, null));
            }

            return isGone;
        }).ConfigureAwait(false);
    }

    private void RefuseOverwriting(string model, string kind, string path, string images)
    {
        if (kind == Deletion.Model && File.Exists(path))
        {
            throw new ProblemException(
                409,
                "exists",
                $"There is a model '{model}' again: its list of versions holds the deleted one.");
        }

        if (Directory.Exists(images) && training.List(model).Names.Count > 0)
        {
            throw new ProblemException(
                409,
                "exists",
                $"There are new training images of the model '{model}': clear them first.");
        }
    }

    private async Task RestoreFileAsync(Deletion deletion, string path, string actor)
    {
        if (deletion.Number is not { } number)
        {
            File.Move(Path.Combine(FolderOf(deletion), BrokenFile), path);
            return;
        }

        ModelVersion version = ledger.Find(deletion.Name, number)!;
        await ledger.ActivateAsync(
            version,
            path,
            new AuditDraft(
                actor,
                AuditActions.ModelRestored,
                deletion.Name,
                null,
                VersionLedger.Describe(version))).ConfigureAwait(false);
    }

    private Task<Deletion> AddAsync(Deletion draft, string action) => database.WriteAsync(connection =>
    {
        Deletion deletion = DeletionStore.Insert(connection, draft);
        audit.Append(connection, Entry(action, deletion, null));
        return deletion;
    });

    private async Task<bool> TrySyncAsync(string model, string path)
    {
        try
        {
            await ledger.SyncAsync(model, path).ConfigureAwait(false);
            return true;
        }
        catch (SemiDefectException error)
        {
            logger.Problem(error.Message);
            return false;
        }
    }

    private static AuditDraft Entry(string action, Deletion deletion, ModelVersion? before) =>
        new(deletion.Actor, action, deletion.Name, VersionLedger.Describe(before));

    private void DeleteFolder(Deletion deletion)
    {
        if (Directory.Exists(FolderOf(deletion)))
        {
            Directory.Delete(FolderOf(deletion), recursive: true);
        }
    }

    private string FolderOf(Deletion deletion) => Path.Combine(
        options.DataFolder,
        "deleted",
        deletion.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private DateTimeOffset Now() => clock.GetUtcNow();
}
