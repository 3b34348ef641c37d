using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Rows of float32 in a temporary file, which is deleted on disposal or when the process ends, even if it is killed.
/// Read through buffers instead of a memory mapping, because mapped pages would count towards the memory of the
/// process. Memory: negligible. Not thread-safe.
/// </summary>
internal sealed class FeatureSpill : IDisposable
{
    private const int RowsPerTransfer = 4096;

    private readonly FileStream _file;
    private readonly int _columns;

    /// <summary>Creates the file in <paramref name="folder"/>, or in the system's temporary folder.</summary>
    /// <exception cref="SemiDefectException">The file cannot be created.</exception>
    public FeatureSpill(int columns, string? folder = null)
    {
        _columns = columns;
        string path = Path.Combine(folder ?? Path.GetTempPath(), $"semidefect-{Guid.NewGuid():N}.features");
        _file = Guard(() => new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.DeleteOnClose,
        }));
        if (!OperatingSystem.IsWindows())
        {
            // Windows deletes the file even if the process is killed. Elsewhere, an unlinked file disappears with its
            // last handle.
            File.Delete(path);
        }
    }

    /// <summary>The number of rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Appends whole rows.</summary>
    /// <exception cref="SemiDefectException">The disk is full or an I/O error occurs.</exception>
    public void Append(ReadOnlySpan<float> rows)
    {
        int count = rows.Length / _columns;
        for (int row = 0; row < count; row += RowsPerTransfer)
        {
            int taken = Math.Min(RowsPerTransfer, count - row);
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(rows.Slice(row * _columns, taken * _columns));
            try
            {
                RandomAccess.Write(_file.SafeFileHandle, bytes, Offset(Rows));
            }
            catch (IOException error)
            {
                throw Failure(error);
            }

            Rows += taken;
        }
    }

    /// <summary>Fills <paramref name="rows"/> with rows, starting at row <paramref name="first"/>.</summary>
    /// <exception cref="SemiDefectException">An I/O error occurs.</exception>
    public void Read(int first, Span<float> rows)
    {
        Span<byte> rest = MemoryMarshal.AsBytes(rows);
        for (long offset = Offset(first); rest.Length > 0;)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_file.SafeFileHandle, rest, offset);
            }
            catch (IOException error)
            {
                throw Failure(error);
            }

            if (read == 0)
            {
                throw new SemiDefectException("The temporary file of features was truncated: fit again.");
            }

            rest = rest[read..];
            offset += read;
        }
    }

    /// <summary>Closes and deletes the file.</summary>
    public void Dispose() => _file.Dispose();

    private long Offset(int row) => (long)row * _columns * sizeof(float);

    private static FileStream Guard(Func<FileStream> open)
    {
        try
        {
            return open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(error);
        }
    }

    private static SemiDefectException Failure(Exception error) =>
        new(
            "The features do not fit into the memory allowed, and cannot be kept in a temporary file: "
                + $"{error.Message.TrimEnd('.')}. Free some disk space, name another folder for temporary files "
                + "(TMPDIR or TEMP), or allow more memory (--max-memory).",
            error);
}
