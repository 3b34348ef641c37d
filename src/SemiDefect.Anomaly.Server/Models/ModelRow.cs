namespace SemiDefect.Anomaly.Server.Models;

/// <summary>What the database knows of a model's file. Immutable.</summary>
/// <param name="Model">The model.</param>
/// <param name="Active">The active version; null if the model was deleted.</param>
/// <param name="IsPending">Whether the file must still be brought in line with the active version.</param>
/// <param name="FileBefore">While it is pending: the SHA-256 of the file before; null for no file.</param>
/// <param name="Stamp">The stamp of the file when it was last seen to be the active version.</param>
internal sealed record ModelRow(string Model, int? Active, bool IsPending, string? FileBefore, ModelStamp? Stamp);
