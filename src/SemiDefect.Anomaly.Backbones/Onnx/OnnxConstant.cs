using System.Buffers.Binary;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>A constant of a network that was read. Immutable and thread-safe.</summary>
internal sealed class OnnxConstant
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly float[] _single;
    private readonly long _type;

    private OnnxConstant(ProtoField field)
    {
        Field = field;
        var dimensions = new List<long>();
        var single = new List<float>();
        Name = string.Empty;
        foreach (ProtoField part in ProtoField.Read(field.Content))
        {
            switch (part.Number)
            {
                case OnnxFields.TensorDimension:
                    dimensions.AddRange(part.Numbers());
                    break;
                case OnnxFields.TensorDataType:
                    _type = (long)part.Value;
                    break;
                case OnnxFields.TensorName:
                    Name = part.Text;
                    break;
                case OnnxFields.TensorRawData:
                    _raw = part.Content;
                    break;
                case OnnxFields.TensorFloatData when part.WireType == ProtoField.Fixed32:
                    single.Add(BitConverter.UInt32BitsToSingle((uint)part.Value));
                    break;
                case OnnxFields.TensorFloatData:
                    single.AddRange(Floats(part.Content.Span));
                    break;
            }
        }

        Dimensions = dimensions;
        _single = [.. single];
    }

    /// <summary>The unmodified field of the file.</summary>
    public ProtoField Field { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its shape.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>Reads a constant.</summary>
    /// <exception cref="BackboneException">The bytes are damaged.</exception>
    public static OnnxConstant Read(ProtoField field) => new(field);

    /// <summary>Whether its values are stored as float16.</summary>
    public bool IsHalf => _type == OnnxFields.Float16;

    /// <summary>The same values as a float32 constant; exact for float16.</summary>
    /// <param name="name">The name of the new constant.</param>
    /// <exception cref="BackboneException">The values cannot be read.</exception>
    public OnnxConstant ToFloat32(string name)
    {
        float[] values = Values() ?? throw new BackboneException($"The constant '{Name}' of the network is damaged.");
        var tensor = new ProtoWriter();
        foreach (long dimension in Dimensions)
        {
            tensor.Int64(OnnxFields.TensorDimension, dimension);
        }

        tensor.Int64(OnnxFields.TensorDataType, OnnxFields.Float32);
        tensor.Text(OnnxFields.TensorName, name);
        tensor.Content(OnnxFields.TensorRawData, TensorContent.Of(values));
        var graph = new ProtoWriter();
        graph.Message(OnnxFields.GraphInitializer, tensor);
        using var bytes = new MemoryStream();
        graph.WriteTo(bytes);
        return Read(ProtoField.Read(bytes.ToArray()).Single());
    }

    /// <summary>
    /// Its values, row-major, or null unless it is a float32 or float16 tensor with as many values as its shape says.
    /// </summary>
    public float[]? Values()
    {
        int size = IsHalf ? sizeof(ushort) : sizeof(float);
        if ((_type != OnnxFields.Float32 && !IsHalf) || _raw.Length % size != 0)
        {
            return null;
        }

        float[] values = _raw.IsEmpty ? _single : IsHalf ? Halves(_raw.Span) : Floats(_raw.Span);
        long count = 1;
        foreach (long dimension in Dimensions)
        {
            count = dimension is > 0 and <= int.MaxValue && count <= int.MaxValue ? count * dimension : -1;
        }

        return count == values.Length ? values : null;
    }

    private static float[] Halves(ReadOnlySpan<byte> bytes)
    {
        float[] values = new float[bytes.Length / sizeof(ushort)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(sizeof(ushort) * i)..]);
        }

        return values;
    }

    private static float[] Floats(ReadOnlySpan<byte> bytes)
    {
        float[] values = new float[bytes.Length / sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(sizeof(float) * i)..]);
        }

        return values;
    }
}
