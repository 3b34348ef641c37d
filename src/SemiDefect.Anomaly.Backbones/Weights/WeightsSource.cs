using Microsoft.Win32.SafeHandles;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>An open weights file, read at any place. Thread-safe. Dispose it to close the file.</summary>
internal sealed class WeightsSource : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens a file.</summary>
    /// <exception cref="SemiDefectException">It cannot be opened.</exception>
    public WeightsSource(string path)
    {
        Name = Path.GetFileName(path);
        try
        {
            // Tensors are mostly read in the order in which they lie; the system then reads further ahead.
            _handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightsFormatException($"Cannot open the weights '{path}': {error.Message}", error);
        }
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The file's length in bytes.</summary>
    public long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="WeightsFormatException">The file ends before, or cannot be read.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || destination.Length > Length - offset)
        {
            throw Refuse("it ends too early");
        }

        try
        {
            while (destination.Length > 0)
            {
                int count = RandomAccess.Read(_handle, destination, offset);
                if (count == 0)
                {
                    throw Refuse("it became shorter while it was read");
                }

                destination = destination[count..];
                offset += count;
            }
        }
        catch (IOException error)
        {
            throw new WeightsFormatException($"Cannot read the weights '{Name}': {error.Message}", error);
        }
    }

    /// <summary>Reads bytes whose number has been checked against the file's length.</summary>
    public byte[] Read(long offset, int count)
    {
        if (offset < 0 || count < 0 || count > Length - offset)
        {
            throw Refuse("it ends too early");
        }

        byte[] bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>The error that says what is wrong with this file.</summary>
    public WeightsFormatException Refuse(string reason) =>
        new($"The weights '{Name}' cannot be read: {reason}. Fetch or save the file again.");

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
