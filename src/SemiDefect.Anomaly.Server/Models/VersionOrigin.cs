namespace SemiDefect.Anomaly.Server.Models;

/// <summary>What made a version.</summary>
internal static class VersionOrigin
{
    public const string Fit = "fit";
    public const string Update = "update";
    public const string Upload = "upload";
    public const string Threshold = "threshold";

    /// <summary>Another program put the file into the models folder.</summary>
    public const string File = "file";
}
