using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>An inspection of the history.</summary>
/// <param name="Id">Counts up; the order of the history.</param>
/// <param name="Time">When the image was inspected.</param>
/// <param name="Model">The model.</param>
/// <param name="ModelVersion">The version of the model: the first digits of the SHA-256 of its file.</param>
/// <param name="Name">The name that the client has given.</param>
/// <param name="Sha256">The SHA-256 of the image file.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Decision">What the version says about the image.</param>
/// <param name="Score">The anomaly score of the image.</param>
/// <param name="Threshold">The image threshold; an image above it is abnormal.</param>
/// <param name="Margin">The score minus the threshold.</param>
/// <param name="PValue">How likely a good image scores as high; null without out-of-fold scores.</param>
/// <param name="PixelThreshold">The threshold of the regions.</param>
/// <param name="RegionCount">The number of regions found.</param>
/// <param name="Regions">The first 100 of them, by descending peak, in pixels of the image.</param>
/// <param name="Nearest">The patch with the highest score.</param>
/// <param name="Verdict">What a person says about it; null for none.</param>
/// <param name="Links">Addresses of the inspection and its pictures.</param>
/// <param name="CheckThreshold">The check threshold; null for two answers only.</param>
/// <param name="Station">The station that the client has named.</param>
/// <param name="Lot">The lot that the client has named.</param>
/// <param name="Part">The part that the client has named.</param>
/// <param name="Notes">What is to be known besides the decision; often empty.</param>
internal sealed record InspectionJson(
    long Id,
    DateTimeOffset Time,
    string Model,
    string ModelVersion,
    string Name,
    string Sha256,
    int Width,
    int Height,
    string Decision,
    double Score,
    double Threshold,
    double Margin,
    double? PValue,
    double PixelThreshold,
    int RegionCount,
    IReadOnlyList<Region> Regions,
    NearestJson Nearest,
    VerdictJson? Verdict,
    InspectionLinks Links,
    double? CheckThreshold,
    string? Station,
    string? Lot,
    string? Part,
    IReadOnlyList<NoteJson> Notes);

/// <summary>What is to be known about an inspection besides its decision.</summary>
/// <param name="Code">
/// size: a side is more than four times longer or shorter than of the images learned from; shape: the ratio of the
/// sides differs by more than a quarter.
/// </param>
/// <param name="Message">What was noticed and what to do.</param>
/// <param name="LearnedWidth">The width of the most similar image size learned from.</param>
/// <param name="LearnedHeight">Its height.</param>
internal sealed record NoteJson(string Code, string Message, int LearnedWidth, int LearnedHeight);

/// <summary>The patch with the highest score.</summary>
/// <param name="X">The column of its center.</param>
/// <param name="Y">The row of its center.</param>
/// <param name="Score">Its score.</param>
/// <param name="TrainingImage">The good image with the nearest patch.</param>
internal sealed record NearestJson(double X, double Y, double Score, string TrainingImage);

/// <summary>What a person says about an inspection.</summary>
/// <param name="Value">The verdict.</param>
/// <param name="Note">A note, of up to 1,000 characters.</param>
/// <param name="Time">When it was given.</param>
internal sealed record VerdictJson(string Value, string? Note, DateTimeOffset Time);

/// <summary>Relative URLs; null once the picture has been deleted.</summary>
/// <param name="Self">The inspection.</param>
/// <param name="Image">The image as it was sent.</param>
/// <param name="Heatmap">The heatmap over the image.</param>
/// <param name="Compare">The patch with the highest score beside the nearest good one.</param>
internal sealed record InspectionLinks(string Self, string? Image, string? Heatmap, string? Compare);

/// <summary>The inspections of a form with several images.</summary>
/// <param name="Inspections">In the order of the form.</param>
/// <param name="Unreadable">The files that are not images.</param>
internal sealed record InspectManyJson(
    IReadOnlyList<InspectionJson> Inspections,
    IReadOnlyList<UnreadableJson> Unreadable);

/// <summary>A file that could not be inspected.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Error">Why.</param>
internal sealed record UnreadableJson(string Name, string Error);

/// <summary>A page of the history.</summary>
/// <param name="Inspections">From the newest to the oldest.</param>
/// <param name="NextCursor">The parameter cursor of the next page; null on the last one.</param>
internal sealed record InspectionPageJson(IReadOnlyList<InspectionJson> Inspections, string? NextCursor);

/// <summary>The number of inspections by decision.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Normal">The normal ones.</param>
/// <param name="Check">Those to check.</param>
/// <param name="Abnormal">The abnormal ones.</param>
/// <param name="LastId">The newest inspection of the server, for the parameter after of the events.</param>
/// <param name="Time">The time of the server.</param>
internal sealed record SummaryJson(
    long Total,
    long Normal,
    long Check,
    long Abnormal,
    long LastId,
    DateTimeOffset Time);

/// <summary>A verdict to give.</summary>
/// <param name="Value">The verdict.</param>
/// <param name="Note">A note, of up to 1,000 characters.</param>
internal sealed record VerdictRequest(string Value, string? Note);

/// <summary>The patch with the highest score, and the nearest patch of a good image.</summary>
/// <param name="Patch">On the inspected image.</param>
/// <param name="Training">On the good image.</param>
internal sealed record CompareJson(PatchJson Patch, TrainingPatchJson Training);

/// <summary>A square of an image: its center and its side length, in pixels.</summary>
/// <param name="X">The column of the center.</param>
/// <param name="Y">The row of the center.</param>
/// <param name="Side">The side length.</param>
internal sealed record PatchJson(double X, double Y, double Side);

/// <summary>A patch of a good image.</summary>
/// <param name="Name">The good image.</param>
/// <param name="Available">Whether the server has it.</param>
/// <param name="X">The column of the center; null without the image.</param>
/// <param name="Y">The row of the center.</param>
/// <param name="Side">The side length in pixels.</param>
/// <param name="Image">The address of the image.</param>
internal sealed record TrainingPatchJson(
    string Name,
    bool Available,
    double? X,
    double? Y,
    double? Side,
    string? Image);
