using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// A decoded image: 8-bit RGB, interleaved, row by row from the top, upright (EXIF orientation applied). Immutable and
/// thread-safe.
/// </summary>
public sealed class Image
{
    private readonly byte[] _rgb;

    /// <summary>Takes ownership of <paramref name="rgb"/>, which the caller must not change afterwards.</summary>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">width x height x 3 bytes.</param>
    /// <exception cref="ArgumentException">The length does not match the size.</exception>
    public Image(int width, int height, byte[] rgb)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.LongLength != 3L * width * height)
        {
            throw new ArgumentException(
                $"A {width} x {height} image needs {3L * width * height} bytes, got {rgb.LongLength}.", nameof(rgb));
        }

        Width = width;
        Height = height;
        _rgb = rgb;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The bytes R, G, B, R, ... of all rows.</summary>
    public ReadOnlySpan<byte> Rgb => _rgb;

    /// <summary>
    /// The hexadecimal SHA-256 of the width, the height (int32, little-endian) and the pixel bytes: the same for every
    /// lossless encoding of an image.
    /// </summary>
    public string Sha256()
    {
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(size, Width);
        BinaryPrimitives.WriteInt32LittleEndian(size[4..], Height);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(size);
        hash.AppendData(_rgb);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
