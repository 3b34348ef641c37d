using BitMiracle.LibTiff.Classic;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Keeps LibTiff's messages off the console. LibTiff has one handler for the whole process: while a thread decodes
/// here, its messages are counted, and those of other LibTiff users are forwarded to the previous handler. Thread-safe.
/// </summary>
internal sealed class TiffMessages : TiffErrorHandler
{
    [ThreadStatic]
    private static Tally? _tally;

    // LibTiff creates its own handler, which prints, only when it first needs one.
    private static readonly TiffErrorHandler Previous = Tiff.SetErrorHandler(new TiffMessages())
        ?? new TiffErrorHandler();

    private TiffMessages()
    {
    }

    /// <summary>Starts counting the messages of the calling thread, until the tally is disposed.</summary>
    public static Tally Count()
    {
        // Accessing the field ensures that the handler is set.
        _ = Previous;
        return _tally = new Tally();
    }

    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
    {
        if (_tally is null)
        {
            Previous.ErrorHandler(tif, method, format, args);
        }
        else
        {
            _tally.Errors++;
        }
    }

    public override void ErrorHandlerExt(
        Tiff tif,
        object clientData,
        string method,
        string format,
        params object[] args)
    {
        if (_tally is null)
        {
            Previous.ErrorHandlerExt(tif, clientData, method, format, args);
        }
    }

    public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
    {
        if (_tally is null)
        {
            Previous.WarningHandler(tif, method, format, args);
        }
        else
        {
            _tally.Warnings++;
        }
    }

    public override void WarningHandlerExt(
        Tiff tif,
        object clientData,
        string method,
        string format,
        params object[] args)
    {
        if (_tally is null)
        {
            Previous.WarningHandlerExt(tif, clientData, method, format, args);
        }
    }

    /// <summary>Counts LibTiff's errors and warnings. Must be used by one thread only.</summary>
    internal sealed class Tally : IDisposable
    {
        public int Errors { get; set; }

        public int Warnings { get; set; }

        public void Dispose() => _tally = null;
    }
}
