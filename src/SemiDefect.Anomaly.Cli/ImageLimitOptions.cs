using System.CommandLine;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli;

/// <summary>How large an image may be: options of every command that reads images.</summary>
internal sealed class ImageLimitOptions
{
    private readonly Option<long> _pixels = new("--max-image-pixels")
    {
        Description = "Refuse images of more pixels (width x height), before they are decoded.",
        DefaultValueFactory = _ => ImageLimits.Default.MaxPixels,
    };

    private readonly Option<long> _bytes = new("--max-image-bytes")
    {
        Description = "Refuse larger image files, before they are read.",
        DefaultValueFactory = _ => ImageLimits.Default.MaxFileBytes,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_pixels);
        command.Options.Add(_bytes);
    }

    /// <summary>The limits asked for.</summary>
    /// <exception cref="UsageException">A limit is out of range.</exception>
    public ImageLimits Read(ParseResult parsed) =>
        UsageException.Guard(() => new ImageLimits(parsed.GetValue(_bytes), parsed.GetValue(_pixels)));
}
