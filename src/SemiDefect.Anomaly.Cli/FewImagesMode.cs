namespace SemiDefect.Anomaly.Cli;

/// <summary>What <c>--few-images</c> takes.</summary>
internal enum FewImagesMode
{
    /// <summary>Few good images are used more fully.</summary>
    Auto,

    /// <summary>A fit does not depend on how many good images there are.</summary>
    Off,
}
