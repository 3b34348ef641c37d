using System.Text.Json;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The names of the kinds of synthetic defects in files and on the command line. Stateless.</summary>
public static class DefectKindNames
{
    /// <summary>The name of a kind, such as <c>soft_stain</c>.</summary>
    public static string Of(SyntheticDefectKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
