namespace SemiDefect.Anomaly.Views;

/// <summary>The purpose of views.</summary>
internal enum ViewPurpose
{
    /// <summary>Scoring an image.</summary>
    Inspect,

    /// <summary>Training on a good image, with additional turned views.</summary>
    Learn,
}
