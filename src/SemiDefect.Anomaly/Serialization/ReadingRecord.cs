using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// How the good images were read, and new ones have to be. Stored only where it is not the usual way, so that other
/// detectors stay the same bytes. Immutable and thread-safe.
/// </summary>
internal sealed record ReadingRecord
{
    /// <summary>How many of the 16 bits of a sample are used, 8 to 15; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BitDepth { get; init; }

    /// <summary>The page of files with several pages, 2 or more; null for the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Page { get; init; }

    /// <summary>Whether the values are possible.</summary>
    public bool IsValid => BitDepth is null or (>= ImageReading.LeastBitDepth and < ImageReading.FullBitDepth)
        && Page is null or (>= 2 and <= ImageReading.LargestPage);

    /// <summary>The record of a way to read; null for the usual one.</summary>
    public static ReadingRecord? Of(ImageReading reading)
    {
        int? bitDepth = reading.BitDepth == ImageReading.FullBitDepth ? null : reading.BitDepth;
        int? page = reading.Page == 1 ? null : reading.Page;
        return bitDepth is null && page is null ? null : new ReadingRecord { BitDepth = bitDepth, Page = page };
    }
}
