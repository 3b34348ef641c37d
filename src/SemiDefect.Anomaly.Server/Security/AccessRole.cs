namespace SemiDefect.Anomaly.Server.Security;

/// <summary>What a key may do. Each role includes the ones before it.</summary>
public enum AccessRole
{
    /// <summary>Sees models, inspections and metrics, and changes nothing.</summary>
    View,

    /// <summary>Also inspects images and gives verdicts.</summary>
    Operate,

    /// <summary>Also fits, changes and deletes models.</summary>
    Engineer,
}
