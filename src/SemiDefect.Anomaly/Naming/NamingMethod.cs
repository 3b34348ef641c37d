namespace SemiDefect.Anomaly.Naming;

/// <summary>How regions get their names.</summary>
public enum NamingMethod
{
    /// <summary>Regularized linear regression of the types on the descriptors of regions.</summary>
    Linear,

    /// <summary>The nearest mean descriptor of a type.</summary>
    Prototype,
}
