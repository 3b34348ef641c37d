using System.Text.Json;
using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// Keeps the versions of each model and the detector file in the models folder in line. A change is first committed to
/// the database together with its audit entry, then the file is replaced; after a crash in between, the next look at
/// the model finishes it. The caller holds the gate of the model: <see cref="ModelRegistry.ChangeAsync"/>.
/// </summary>
internal sealed class VersionLedger(Database database, VersionFiles files, AuditLog audit, TimeProvider clock)
{
    /// <summary>The actor of changes to files that this program did not make.</summary>
    public const string FileSystem = "file system";

    public IReadOnlyList<ModelVersion> List(string model) =>
        database.Read(connection => VersionStore.List(connection, model));

    public ModelVersion? Find(string model, int number) =>
        database.Read(connection => VersionStore.Find(connection, model, number));

    public ModelVersion? FindActive(string model) =>
        database.Read(connection => VersionStore.FindActive(connection, model));

    public IReadOnlyList<string> Models() => database.Read(VersionStore.Models);

    public string FileOf(ModelVersion version) => files.PathOf(version.Model, version.Sha256);

    /// <summary>
    /// Finishes an interrupted change, and makes a version of a file that another program has put there.
    /// </summary>
    /// <exception cref="SemiDefectException">The file is not a detector file.</exception>
    public async Task SyncAsync(string model, string path)
    {
        ModelRow? row = database.Read(connection => VersionStore.FindRow(connection, model));
        ModelStamp? stamp = ModelStamp.Of(path);
        if (row is { IsPending: true })
        {
            string? now = stamp is null ? null : VersionFiles.HashOf(path);
            string? wanted = row.Active is { } number ? Find(model, number)!.Sha256 : null;
            if (now == wanted || now == row.FileBefore)
            {
                await ApplyAsync(model, wanted, path).ConfigureAwait(false);
                return;
            }

            // Another program has put a third file there since, and that is the latest wish.
        }
        else if (stamp is null ? row?.Active is null : row?.Active is not null && row.Stamp == stamp)
        {
            return;
        }

        if (stamp is null)
        {
            await RemovedAsync(row!).ConfigureAwait(false);
        }
        else
        {
            await ImportAsync(model, path, stamp.Value).ConfigureAwait(false);
        }
    }

    /// <summary>Stores a version; the same content twice is the same version.</summary>
    /// <param name="draft">The version, without number, content and facts.</param>
    /// <param name="path">The complete file, which is moved.</param>
    public async Task<ModelVersion> AddAsync(ModelVersion draft, string path)
    {
        DetectorFacts facts = DetectorFacts.Of(AnomalyDetector.ReadDescription(path));
        (string sha256, long bytes) = files.Keep(draft.Model, path);
        ModelVersion version = draft with
        {
            Sha256 = sha256,
            Bytes = bytes,
            Facts = facts,
            Time = clock.GetUtcNow(),
            Scoring = draft.Scoring.Length > 0 ? draft.Scoring : sha256,
        };
        return await database.WriteAsync(connection => Add(connection, version)).ConfigureAwait(false);
    }

    /// <summary>Makes a version the active one, and replaces the file in the models folder.</summary>
    public async Task ActivateAsync(ModelVersion version, string path, AuditDraft entry)
    {
        string? before = File.Exists(path) ? VersionFiles.HashOf(path) : null;
        await database.WriteAsync(connection =>
        {
            VersionStore.SetActive(connection, version.Model, version.Number, before, clock.GetUtcNow());
            return audit.Append(connection, entry);
        }).ConfigureAwait(false);
        await ApplyAsync(version.Model, version.Sha256, path).ConfigureAwait(false);
    }

    /// <summary>Deletes the file in the models folder; the versions stay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="work">What else belongs to the same transaction.</param>
    public async Task DeactivateAsync(string model, string path, Action<SqliteConnection> work)
    {
        string? before = File.Exists(path) ? VersionFiles.HashOf(path) : null;
        await database.WriteAsync(connection =>
        {
            VersionStore.SetActive(connection, model, null, before, clock.GetUtcNow());
            work(connection);
            return true;
        }).ConfigureAwait(false);
        await ApplyAsync(model, null, path).ConfigureAwait(false);
    }

    public Task DiscardAsync(ModelVersion version, string actor, string? reason) => database.WriteAsync(connection =>
    {
        VersionStore.Discard(connection, version.Model, version.Number, clock.GetUtcNow());
        return audit.Append(
            connection,
            new AuditDraft(actor, AuditActions.VersionDiscarded, version.Model, Describe(version), null, reason));
    });

    /// <summary>A version as the audit names it.</summary>
    public static string? Describe(ModelVersion? version) => version is null ? null : JsonSerializer.Serialize(
        new AuditVersionJson(
            version.Number,
            version.Sha256,
            version.Origin,
            version.Facts.Threshold,
            version.Facts.PixelThreshold,
            version.Facts.Method,
            version.Facts.CheckThreshold),
        ServerJson.Types.AuditVersionJson);

    private ModelVersion Add(SqliteConnection connection, ModelVersion version)
    {
        if (VersionStore.FindContent(connection, version.Model, version.Sha256) is { } known)
        {
            return known;
        }

        ModelVersion added = VersionStore.Insert(connection, version);
        audit.Append(
            connection,
            new AuditDraft(added.Actor, AuditActions.VersionAdded, added.Model, null, Describe(added)));
        return added;
    }

    private async Task ApplyAsync(string model, string? sha256, string path)
    {
        if (sha256 is null)
        {
            File.Delete(path);
        }
        else
        {
            files.CopyTo(model, sha256, path);
        }

        ModelStamp? stamp = ModelStamp.Of(path);
        await database.WriteAsync(connection =>
        {
            VersionStore.SetFile(connection, model, stamp);
            return true;
        }).ConfigureAwait(false);
    }

    private async Task ImportAsync(string model, string path, ModelStamp stamp)
    {
        string copy = files.NewPath();
        try
        {
            VersionFiles.CopyForeign(path, copy);
            ModelVersion? before = FindActive(model);
            DetectorFacts facts = DetectorFacts.Of(AnomalyDetector.ReadDescription(copy));
            (string sha256, long bytes) = files.Keep(model, copy);
            var draft = new ModelVersion
            {
                Model = model,
                Number = 0,
                Sha256 = sha256,
                Bytes = bytes,
                Time = clock.GetUtcNow(),
                Actor = FileSystem,
                Origin = VersionOrigin.File,
                Scoring = sha256,
                Facts = facts,
            };
            await database.WriteAsync(connection =>
            {
                ModelVersion version = Add(connection, draft);
                if (version.Number != before?.Number)
                {
                    VersionStore.SetActive(connection, model, version.Number, null, clock.GetUtcNow());
                    audit.Append(
                        connection,
                        new AuditDraft(
                            FileSystem,
                            AuditActions.FileChanged,
                            model,
                            Describe(before),
                            Describe(version)));
                }

                VersionStore.SetFile(connection, model, stamp);
                return true;
            }).ConfigureAwait(false);
        }
        catch (SemiDefectException error) when (error.Message.Contains(copy, StringComparison.Ordinal))
        {
            throw new SemiDefectException(error.Message.Replace(copy, path, StringComparison.Ordinal), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read the model '{model}': {error.Message}", error);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private Task<long> RemovedAsync(ModelRow row) => database.WriteAsync(connection =>
    {
        ModelVersion? before = VersionStore.FindActive(connection, row.Model);
        VersionStore.SetActive(connection, row.Model, null, null, clock.GetUtcNow());
        VersionStore.SetFile(connection, row.Model, null);
        return audit.Append(
            connection,
            new AuditDraft(FileSystem, AuditActions.FileRemoved, row.Model, Describe(before)));
    });
}
