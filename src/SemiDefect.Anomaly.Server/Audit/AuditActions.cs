namespace SemiDefect.Anomaly.Server.Audit;

/// <summary>The actions that the audit records.</summary>
internal static class AuditActions
{
    public const string VersionAdded = "version.added";
    public const string VersionActivated = "version.activated";
    public const string VersionDiscarded = "version.discarded";
    public const string ThresholdSet = "threshold.set";

    /// <summary>Another program changed the detector file in the models folder.</summary>
    public const string FileChanged = "file.changed";

    /// <summary>Another program removed the detector file from the models folder.</summary>
    public const string FileRemoved = "file.removed";

    public const string ModelDeleted = "model.deleted";
    public const string ModelRestored = "model.restored";
    public const string ModelPurged = "model.purged";
    public const string TrainingCleared = "training.cleared";
    public const string TrainingAdded = "training.added";
    public const string TrainingDeleted = "training.deleted";

    /// <summary>A single training image was brought back.</summary>
    public const string TrainingReturned = "training.returned";

    public const string TrainingRestored = "training.restored";
    public const string VerdictSet = "verdict.set";
    public const string VerdictCleared = "verdict.cleared";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        VersionAdded, VersionActivated, VersionDiscarded, ThresholdSet, FileChanged, FileRemoved, ModelDeleted,
        ModelRestored, ModelPurged, TrainingCleared, TrainingDeleted, TrainingRestored, VerdictSet, VerdictCleared,
    ];
}
