using Microsoft.Win32.SafeHandles;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// An open weights file with random access. Thread-safe. The owner disposes it, which closes the file.
/// </summary>
internal sealed class WeightsSource : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens a file.</summary>
    /// <exception cref="SemiDefectException">The file cannot be opened.</exception>
    public WeightsSource(string path)
    {
        Name = Path.GetFileName(path);
        try
        {
            RegularFile.Require(path);

            // Tensors are mostly read in file order; the system then reads ahead further.
            _handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightsFormatException($"Cannot open the weights '{path}': {error.Message}", error);
        }
    }

    /// <summary>The name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>The length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="WeightsFormatException">The file is too short or cannot be read.</exception>
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

    /// <summary>An exception that says what is wrong with this file.</summary>
    public WeightsFormatException Refuse(string reason) =>
        new($"The weights '{Name}' cannot be read: {reason}. Fetch or save the file again.");

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
