namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// A tensor in a weights file: its location and layout, checked against the file on construction. Its values are read
/// on demand. Immutable and thread-safe while the file is open.
/// </summary>
internal sealed class WeightTensor
{
    private WeightTensor(
        string name,
        WeightsSource source,
        ElementType type,
        long byteOffset,
        long[] shape,
        long[] strides,
        long count,
        long span)
    {
        Name = name;
        Source = source;
        Type = type;
        ByteOffset = byteOffset;
        Shape = shape;
        Strides = strides;
        Count = count;
        Span = span;
    }

    /// <summary>The name of the parameter.</summary>
    public string Name { get; }

    /// <summary>The file that contains it.</summary>
    public WeightsSource Source { get; }

    /// <summary>How its values are stored.</summary>
    public ElementType Type { get; }

    /// <summary>The offset of its first element in the file.</summary>
    public long ByteOffset { get; }

    /// <summary>Its shape; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Its strides, in elements.</summary>
    public IReadOnlyList<long> Strides { get; }

    /// <summary>The number of its elements.</summary>
    public long Count { get; }

    /// <summary>
    /// The number of stored elements from its first to its last; equals <see cref="Count"/> if they are contiguous.
    /// </summary>
    public long Span { get; }

    /// <summary>Creates a tensor after checking that all of it lies inside its storage.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">The file.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="storageOffset">The offset of the storage in the file, in bytes.</param>
    /// <param name="storageCount">The number of elements in the storage.</param>
    /// <param name="offset">The first element of the tensor within the storage.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="strides">Its strides in elements, or null for row-major order.</param>
    /// <exception cref="WeightsFormatException">The tensor is not inside its storage.</exception>
    public static WeightTensor Create(
        string name,
        WeightsSource source,
        ElementType type,
        long storageOffset,
        long storageCount,
        long offset,
        long[] shape,
        long[]? strides)
    {
        Int128 bytes = (Int128)storageCount * Elements.Size(type);
        if (storageOffset < 0 || storageCount < 0 || offset < 0 || storageOffset + bytes > source.Length)
        {
            throw source.Refuse($"the tensor '{name}' lies outside the file");
        }

        strides ??= RowMajor(shape);
        if (strides.Length != shape.Length
            || Array.Exists(shape, size => size < 0)
            || Array.Exists(strides, stride => stride < 0))
        {
            throw source.Refuse($"the tensor '{name}' has an invalid shape");
        }

        // At most 2^40 elements, so that no product below can overflow.
        Int128 count = 1;
        Int128 last = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            count *= shape[i];
            last += (Int128)Math.Max(0, shape[i] - 1) * strides[i];
            if (count > 1L << 40)
            {
                throw source.Refuse($"the tensor '{name}' claims more than 2^40 elements");
            }
        }

        if (count > 0 && offset + last >= storageCount)
        {
            throw source.Refuse($"the tensor '{name}' extends beyond its storage");
        }

        return new WeightTensor(
            name,
            source,
            type,
            storageOffset + offset * Elements.Size(type),
            shape,
            strides,
            (long)count,
            count == 0 ? 0 : (long)last + 1);
    }

    /// <summary>Starts reading at the first element.</summary>
    public WeightTensorReader OpenReader() => new(this);

    /// <summary>All values in row-major order.</summary>
    /// <exception cref="WeightsFormatException">The file cannot be read.</exception>
    public float[] ToArray()
    {
        float[] values = new float[checked((int)Count)];
        OpenReader().Read(values);
        return values;
    }

    /// <summary>Whether the elements are contiguous in row-major order.</summary>
    public bool IsContiguous()
    {
        long expected = 1;
        for (int i = Shape.Count - 1; i >= 0; i--)
        {
            // The stride of a dimension of size one does not matter.
            if (Shape[i] != 1 && Strides[i] != expected)
            {
                return Count == 0;
            }

            expected *= Shape[i];
        }

        return true;
    }

    private static long[] RowMajor(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride = unchecked(stride * Math.Max(1, shape[i]));
            if (stride < 0 || stride > 1L << 40)
            {
                // The caller rejects such a shape; this must only avoid an overflow.
                stride = 1L << 40;
            }
        }

        return strides;
    }
}
