namespace SemiDefect.Anomaly.Cli.Output;

internal sealed record TeachJson(int Schema, string Model, NamesJson? Names, int Skipped, int NotFound);

internal sealed record NamesJson(
    string Method, double UnknownRate, int Views, double? HeldOutAccuracy, IReadOnlyList<TaughtTypeJson> Types);

internal sealed record TaughtTypeJson(string Name, int Defects, int Right, bool HasOwnLimit);

internal sealed record RegionTypeJson(
    string Name,
    string Closest,
    double PValue,
    double Confidence,
    double Left,
    double Top,
    double Right,
    double Bottom);
