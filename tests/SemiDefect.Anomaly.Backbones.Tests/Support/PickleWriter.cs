using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>Writes pickles operation by operation.</summary>
internal sealed class PickleWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    public PickleWriter Begin() => Write(0x80, 2);

    public PickleWriter Stop() => Write('.');

    public PickleWriter Mark() => Write('(');

    public PickleWriter None() => Write('N');

    public PickleWriter Truth(bool value) => Write(value ? 0x88 : 0x89);

    public PickleWriter Dictionary() => Write('}');

    public PickleWriter SetItems() => Write('u');

    public PickleWriter List() => Write(']');

    public PickleWriter Appends() => Write('e');

    public PickleWriter Tuple() => Write(')');

    public PickleWriter EndTuple() => Write('t');

    public PickleWriter Reduce() => Write('R');

    public PickleWriter Build() => Write('b');

    public PickleWriter PersistentId() => Write('Q');

    public PickleWriter Number(int value)
    {
        byte[] bytes = new byte[5];
        bytes[0] = (byte)'J';
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), value);
        _bytes.Write(bytes);
        return this;
    }

    public PickleWriter Text(string value)
    {
        byte[] bytes = new byte[5];
        bytes[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), value.Length);
        _bytes.Write(bytes);
        _bytes.Write(Encoding.ASCII.GetBytes(value));
        return this;
    }

    public PickleWriter Global(string module, string name)
    {
        _bytes.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
        return this;
    }

    public PickleWriter Write(params ReadOnlySpan<int> codes)
    {
        foreach (int code in codes)
        {
            _bytes.Write([(byte)code]);
        }

        return this;
    }
}
