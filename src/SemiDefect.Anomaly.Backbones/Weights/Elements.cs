using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>Sizes and conversion of the element types. Stateless.</summary>
internal static class Elements
{
    /// <summary>Bytes per element.</summary>
    public static int Size(ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Converts elements to float32, rounding if the type is wider.</summary>
    /// <param name="source">As many elements as <paramref name="destination"/> has.</param>
    /// <param name="type">Their type.</param>
    /// <param name="destination">Receives the values.</param>
    public static void ToFloat32(ReadOnlySpan<byte> source, ElementType type, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                return;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                return;
            default:
                int size = Size(type);
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = ToFloat32(source[(i * size)..], type);
                }

                return;
        }
    }

    private static float ToFloat32(ReadOnlySpan<byte> source, ElementType type) => type switch
    {
        ElementType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(source) << 16),
        ElementType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(source),
        ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(source),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(source),
        ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(source),
        ElementType.Int8 => (sbyte)source[0],
        ElementType.UInt8 => source[0],
        ElementType.Boolean => source[0] == 0 ? 0 : 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
