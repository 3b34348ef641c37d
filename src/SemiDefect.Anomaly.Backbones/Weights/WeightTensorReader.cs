using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>Reads the values of a tensor in row-major order, in pieces. Not thread-safe.</summary>
internal sealed class WeightTensorReader
{
    private const int BlockBytes = 1 << 18;

    private readonly WeightTensor _tensor;
    private readonly int _elementSize;
    private readonly bool _contiguous;
    private readonly long[] _index;
    private byte[] _buffer = [];
    private long _position;

    internal WeightTensorReader(WeightTensor tensor)
    {
        _tensor = tensor;
        _elementSize = Elements.Size(tensor.Type);
        _contiguous = tensor.IsContiguous();
        _index = new long[tensor.Shape.Count];
    }

    /// <summary>Reads the next values.</summary>
    /// <param name="destination">At most as long as the remainder of the tensor.</param>
    /// <exception cref="WeightsFormatException">The file cannot be read.</exception>
    public void Read(Span<float> destination)
    {
        if (destination.Length > _tensor.Count - _position)
        {
            throw new ArgumentException("The tensor has fewer values left.", nameof(destination));
        }

        if (_contiguous)
        {
            ReadContiguous(destination);
        }
        else
        {
            Gather(destination);
        }

        _position += destination.Length;
    }

    private void ReadContiguous(Span<float> destination)
    {
        long offset = _tensor.ByteOffset + _position * _elementSize;
        if (_tensor.Type == ElementType.Float32)
        {
            _tensor.Source.Read(offset, MemoryMarshal.AsBytes(destination));
            return;
        }

        if (_buffer.Length == 0)
        {
            _buffer = new byte[BlockBytes];
        }

        int block = BlockBytes / _elementSize;
        while (destination.Length > 0)
        {
            int count = Math.Min(block, destination.Length);
            Span<byte> bytes = _buffer.AsSpan(0, count * _elementSize);
            _tensor.Source.Read(offset, bytes);
            Elements.ToFloat32(bytes, _tensor.Type, destination[..count]);
            destination = destination[count..];
            offset += bytes.Length;
        }
    }

    private void Gather(Span<float> destination)
    {
        if (_buffer.Length == 0 && _tensor.Span > 0)
        {
            long bytes = _tensor.Span * _elementSize;
            if (bytes > Array.MaxLength)
            {
                throw _tensor.Source.Refuse($"the tensor '{_tensor.Name}' is a view over more than 2 GB");
            }

            _buffer = _tensor.Source.Read(_tensor.ByteOffset, (int)bytes);
        }

        for (int i = 0; i < destination.Length; i++)
        {
            long element = 0;
            for (int axis = 0; axis < _index.Length; axis++)
            {
                element += _index[axis] * _tensor.Strides[axis];
            }

            Elements.ToFloat32(
                _buffer.AsSpan((int)element * _elementSize, _elementSize), _tensor.Type, destination.Slice(i, 1));
            for (int axis = _index.Length - 1; axis >= 0 && ++_index[axis] == _tensor.Shape[axis]; axis--)
            {
                _index[axis] = 0;
            }
        }
    }
}
