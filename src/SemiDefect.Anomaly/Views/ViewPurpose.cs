namespace SemiDefect.Anomaly.Views;

/// <summary>What views are made for.</summary>
internal enum ViewPurpose
{
    /// <summary>To judge an image.</summary>
    Inspect,

    /// <summary>To learn from a good image: further views of it, turned.</summary>
    Learn,
}
