using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using NATS.Client.Core;

namespace SemiDefect.Anomaly.Fleet.Fitting;

/// <summary>
/// Features on their way from a worker: messages of at most the server's payload, with the size of the grid and a
/// checksum. Not thread-safe.
/// </summary>
internal sealed class GridParts
{
    private const string Header = "Semidefect-Grid";

    private byte[]?[] _parts = [];
    private string _description = string.Empty;
    private int _missing;

    /// <summary>Sends a grid to a subject.</summary>
    public static async Task SendAsync(
        INatsConnection nats,
        string subject,
        int height,
        int width,
        int dimension,
        ReadOnlyMemory<float> vectors,
        int payload,
        CancellationToken cancellationToken)
    {
        byte[] bytes = MemoryMarshal.AsBytes(vectors.Span).ToArray();
        int count = Math.Max(1, (bytes.Length + payload - 1) / payload);
        string description = string.Create(
            CultureInfo.InvariantCulture,
            $"{height} {width} {dimension} {bytes.Length} {XxHash64.HashToUInt64(bytes):x16}");
        for (int i = 0; i < count; i++)
        {
            int start = i * payload;
            var headers = new NatsHeaders { [Header] = $"{description} {i} {count}" };
            await nats.PublishAsync(
                subject,
                bytes.AsMemory(start, Math.Min(payload, bytes.Length - start)),
                headers,
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds a message.</summary>
    /// <returns>The grid once it is complete; null before, and after a damaged message.</returns>
    public (int Height, int Width, int Dimension, float[] Vectors)? Add(NatsHeaders? headers, byte[] data)
    {
        if (headers is null || !headers.TryGetLastValue(Header, out string? text))
        {
            return null;
        }

        string[] fields = text.Split(' ');
        if (fields.Length != 7
            || !TryRead(fields[0], out int height)
            || !TryRead(fields[1], out int width)
            || !TryRead(fields[2], out int dimension)
            || !TryRead(fields[3], out int length)
            || !TryRead(fields[5], out int part)
            || !TryRead(fields[6], out int count)
            || (long)height * width * dimension * sizeof(float) != length
            || count is < 1 or > 1 << 20
            || part >= count)
        {
            return null;
        }

        // Another worker may answer as well; the parts of one answer belong together.
        string description = string.Join(' ', fields[..5]);
        if (description != _description || _parts.Length != count)
        {
            (_description, _parts, _missing) = (description, new byte[]?[count], count);
        }

        if (_parts[part] is null)
        {
            _missing--;
        }

        _parts[part] = data;
        if (_missing > 0)
        {
            return null;
        }

        float[] vectors = new float[length / sizeof(float)];
        Span<byte> bytes = MemoryMarshal.AsBytes(vectors.AsSpan());
        int at = 0;
        foreach (byte[]? one in _parts)
        {
            if (one!.Length > bytes.Length - at)
            {
                return Reset();
            }

            one.CopyTo(bytes[at..]);
            at += one.Length;
        }

        string sum = XxHash64.HashToUInt64(bytes).ToString("x16", CultureInfo.InvariantCulture);
        return at == bytes.Length && sum == fields[4] ? (height, width, dimension, vectors) : Reset();
    }

    private (int Height, int Width, int Dimension, float[] Vectors)? Reset()
    {
        (_description, _parts, _missing) = (string.Empty, [], 0);
        return null;
    }

    private static bool TryRead(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
