using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Imaging.Resampling;

/// <summary>
/// Antialiased bilinear resampling in integer arithmetic, byte for byte equal to Pillow 9.4 for 8-bit images: first
/// along the rows, rounded to 8 bits, then along the columns. Stateless.
/// </summary>
public static class PillowBilinear
{
    private const int Half = 1 << (ResizeKernel.PrecisionBits - 1);
    private const int Channels = 3;

    /// <summary>Resamples a whole image.</summary>
    /// <param name="source">The image.</param>
    /// <param name="width">The new width in pixels, at least 1.</param>
    /// <param name="height">The new height in pixels, at least 1.</param>
    /// <returns>The resampled image, or <paramref name="source"/> itself if it has that size already.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Image Resize(Image source, int width, int height) =>
        ResizeWindow(source, width, height, 0, 0, width, height);

    /// <summary>
    /// The window of the resampled image with the given corner and size: the same bytes as cropping afterwards, without
    /// computing the rest.
    /// </summary>
    public static Image ResizeWindow(
        Image source,
        int width,
        int height,
        int left,
        int top,
        int windowWidth,
        int windowHeight)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowHeight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windowWidth, width - left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windowHeight, height - top);
        if (source.Width == windowWidth
            && source.Height == windowHeight
            && width == windowWidth
            && height == windowHeight)
        {
            return source;
        }

        // A pass that does not change the size is the identity, and is done by copying.
        ResizeKernel? columns = width == source.Width
            ? null
            : ResizeKernel.Create(source.Width, width, left, windowWidth);
        ResizeKernel? rows = height == source.Height
            ? null
            : ResizeKernel.Create(source.Height, height, top, windowHeight);
        int rowBytes = windowWidth * Channels;
        byte[] output = GC.AllocateUninitializedArray<byte>(checked(rowBytes * windowHeight));
        if (rows is null)
        {
            for (int y = 0; y < windowHeight; y++)
            {
                ResizeRow(SourceRow(source, top + y), columns, left, output.AsSpan(y * rowBytes, rowBytes));
            }
        }
        else
        {
            ResizeBothWays(source, columns, rows, left, output, rowBytes);
        }

        return new Image(windowWidth, windowHeight, output);
    }

    /// <summary>
    /// Resamples each input row horizontally once, when the first output row needs it, into a ring buffer with as many
    /// rows as one output row needs, so that memory stays small for any input height.
    /// </summary>
    private static void ResizeBothWays(
        Image source,
        ResizeKernel? columns,
        ResizeKernel rows,
        int left,
        byte[] output,
        int rowBytes)
    {
        int depth = 0;
        for (int y = 0; y < rows.Length; y++)
        {
            depth = Math.Max(depth, rows.Coefficients(y).Length);
        }

        byte[] ring = GC.AllocateUninitializedArray<byte>(checked(depth * rowBytes));
        int[] sums = new int[rowBytes];
        int next = rows.FirstInput;
        for (int y = 0; y < rows.Length; y++)
        {
            int start = rows.Start(y);
            ReadOnlySpan<int> coefficients = rows.Coefficients(y);
            for (next = Math.Max(next, start); next < start + coefficients.Length; next++)
            {
                ResizeRow(SourceRow(source, next), columns, left, ring.AsSpan(next % depth * rowBytes, rowBytes));
            }

            Array.Fill(sums, Half);
            for (int k = 0; k < coefficients.Length; k++)
            {
                if (coefficients[k] != 0)
                {
                    AddScaled(ring.AsSpan((start + k) % depth * rowBytes, rowBytes), coefficients[k], sums);
                }
            }

            ShiftToBytes(sums, output.AsSpan(y * rowBytes, rowBytes));
        }
    }

    private static ReadOnlySpan<byte> SourceRow(Image source, int y) =>
        source.Rgb.Slice(y * source.Width * Channels, source.Width * Channels);

    private static void ResizeRow(ReadOnlySpan<byte> row, ResizeKernel? kernel, int left, Span<byte> output)
    {
        if (kernel is null)
        {
            row.Slice(left * Channels, output.Length).CopyTo(output);
            return;
        }

        for (int x = 0; x < kernel.Length; x++)
        {
            ReadOnlySpan<int> coefficients = kernel.Coefficients(x);
            int first = kernel.Start(x) * Channels;
            int last = first + coefficients.Length * Channels;
            Span<byte> target = output[(x * Channels)..];
            if (Vector128.IsHardwareAccelerated && last < row.Length && target.Length > Channels)
            {
                // A fourth channel, of the next pixel, is computed as well, and replaced by the next pixel.
                Vector128<int> sums = Vector128.Create(Half);
                foreach (int coefficient in coefficients)
                {
                    sums += Pixel(row[first..]) * coefficient;
                    first += Channels;
                }

                Vector128<int> shifted =
                    Vector128.Min(sums >> ResizeKernel.PrecisionBits, Vector128.Create((int)byte.MaxValue));
                Vector128<short> words = Vector128.Narrow(shifted, shifted);
                BinaryPrimitives.WriteUInt32LittleEndian(
                    target, Vector128.Narrow(words, words).AsUInt32().ToScalar());
                continue;
            }

            ResizePixel(row[first..last], coefficients, target);
        }
    }

    private static Vector128<int> Pixel(ReadOnlySpan<byte> bytes) => Vector128.WidenLower(
        Vector128.WidenLower(
            Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt32LittleEndian(bytes)).AsByte())).AsInt32();

    private static void ResizePixel(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> coefficients, Span<byte> output)
    {
        int red = Half;
        int green = Half;
        int blue = Half;
        for (int k = 0, i = 0; k < coefficients.Length && i + 2 < pixels.Length; k++, i += Channels)
        {
            int coefficient = coefficients[k];
            red += pixels[i] * coefficient;
            green += pixels[i + 1] * coefficient;
            blue += pixels[i + 2] * coefficient;
        }

        output[0] = ToByte(red);
        output[1] = ToByte(green);
        output[2] = ToByte(blue);
    }

    // Integer sums do not depend on the vector width, so the widest available vectors may be used.
    private static void AddScaled(ReadOnlySpan<byte> row, int coefficient, Span<int> sums)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            ref byte source = ref MemoryMarshal.GetReference(row);
            ref int target = ref MemoryMarshal.GetReference(sums);
            int lanes = Vector<int>.Count;
            var factor = new Vector<int>(coefficient);
            for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
                Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
                Accumulate(ref Unsafe.Add(ref target, i), Vector.AsVectorInt32(a), factor);
                Accumulate(ref Unsafe.Add(ref target, i + lanes), Vector.AsVectorInt32(b), factor);
                Accumulate(ref Unsafe.Add(ref target, i + 2 * lanes), Vector.AsVectorInt32(c), factor);
                Accumulate(ref Unsafe.Add(ref target, i + 3 * lanes), Vector.AsVectorInt32(d), factor);
            }
        }

        for (; i < row.Length; i++)
        {
            sums[i] += row[i] * coefficient;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ref int sum, Vector<int> pixels, Vector<int> factor) =>
        (Vector.LoadUnsafe(ref sum) + pixels * factor).StoreUnsafe(ref sum);

    private static void ShiftToBytes(ReadOnlySpan<int> sums, Span<byte> output)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            int lanes = Vector<int>.Count;
            var most = new Vector<int>(byte.MaxValue);
            for (; i <= output.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                Vector<int> Part(ReadOnlySpan<int> from) =>
                    Vector.Min(new Vector<int>(from) >> ResizeKernel.PrecisionBits, most);
                Vector<short> low = Vector.Narrow(Part(sums[i..]), Part(sums[(i + lanes)..]));
                Vector<short> high = Vector.Narrow(Part(sums[(i + 2 * lanes)..]), Part(sums[(i + 3 * lanes)..]));
                Vector.AsVectorByte(Vector.Narrow(low, high)).CopyTo(output[i..]);
            }
        }

        for (; i < output.Length; i++)
        {
            output[i] = ToByte(sums[i]);
        }
    }

    // The weights are never negative, but their rounded sum may slightly exceed 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte ToByte(int sum) => (byte)Math.Min(sum >> ResizeKernel.PrecisionBits, 255);
}
