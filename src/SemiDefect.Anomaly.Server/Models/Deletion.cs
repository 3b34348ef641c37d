namespace SemiDefect.Anomaly.Server.Models;

/// <summary>A model or its training images that were deleted and can be restored for a day. Immutable.</summary>
/// <param name="Id">The number, which names its folder DATA/deleted/ID.</param>
/// <param name="Kind"><see cref="Model"/> or <see cref="Training"/>.</param>
/// <param name="Name">The name of the model.</param>
/// <param name="Number">The version that was active; null for none.</param>
/// <param name="Time">When it was deleted.</param>
/// <param name="Actor">Who deleted it.</param>
internal sealed record Deletion(long Id, string Kind, string Name, int? Number, DateTimeOffset Time, string Actor)
{
    public const string Model = "model";
    public const string Training = "training";

    /// <summary>How long a deletion can be undone.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>Until when it can be restored.</summary>
    public DateTimeOffset Until => Time + Kept;
}
