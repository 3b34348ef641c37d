using System.CommandLine;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The image size limits of all commands that read images.</summary>
internal sealed class ImageLimitOptions
{
    private readonly Option<long> _pixels = new("--max-image-pixels")
    {
        Description = "Reject images with more pixels (width x height), before decoding them.",
        DefaultValueFactory = _ => ImageLimits.Default.MaxPixels,
    };

    private readonly Option<long> _bytes = new("--max-image-bytes")
    {
        Description = "Reject larger image files, before reading them.",
        DefaultValueFactory = _ => ImageLimits.Default.MaxFileBytes,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_pixels);
        command.Options.Add(_bytes);
    }

    /// <summary>Reads the limits.</summary>
    /// <exception cref="UsageException">A limit is out of range.</exception>
    public ImageLimits Read(ParseResult parsed) =>
        UsageException.Guard(() => new ImageLimits(parsed.GetValue(_bytes), parsed.GetValue(_pixels)));
}
