using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>Writes state dicts in the three formats, float32, as safetensors and torch do.</summary>
internal static class WeightFiles
{
    public static void WriteSafetensors(string path, IReadOnlyList<NamedTensor> tensors)
    {
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long offset = 0;
        foreach (NamedTensor tensor in tensors)
        {
            long end = offset + tensor.Count * 4L;
            header.Append(
                CultureInfo.InvariantCulture,
                $",\"{tensor.Name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', tensor.Shape)}],"
                    + $"\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        header.Append('}');
        header.Append(' ', (8 - header.Length % 8) % 8);
        using FileStream stream = File.Create(path);
        WriteInt64(stream, header.Length);
        stream.Write(Encoding.ASCII.GetBytes(header.ToString()));
        foreach (NamedTensor tensor in tensors)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Values().AsSpan()));
        }
    }

    public static void WriteTorchLegacy(string path, IReadOnlyList<NamedTensor> tensors) =>
        WriteTorchLegacy(path, StateDict(tensors), tensors.Count, tensors);

    public static void WriteTorchLegacy(
        string path,
        PickleWriter root,
        int keyCount,
        IReadOnlyList<NamedTensor> storages)
    {
        using FileStream stream = File.Create(path);
        stream.Write([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']);
        stream.Write([0x80, 2, (byte)'M', 0xe9, 0x03, (byte)'.']);
        var system = new PickleWriter()
            .Begin()
            .Dictionary()
            .Mark()
            .Text("protocol_version")
            .Number(1001)
            .Text("little_endian")
            .Truth(true)
            .SetItems().Stop();
        stream.Write(system.Bytes);
        stream.Write(root.Bytes);
        PickleWriter keys = new PickleWriter().Begin().List().Mark();
        for (int i = 0; i < keyCount; i++)
        {
            keys.Text($"{i}");
        }

        stream.Write(keys.Appends().Stop().Bytes);
        foreach (NamedTensor tensor in storages)
        {
            WriteInt64(stream, tensor.Count);
            stream.Write(MemoryMarshal.AsBytes(tensor.Values().AsSpan()));
        }
    }

    public static void WriteTorchZip(string path, IReadOnlyList<NamedTensor> tensors)
    {
        using FileStream stream = File.Create(path);
        using var directory = new MemoryStream();
        int entries = 0;
        AddEntry("archive/data.pkl", StateDict(tensors).Bytes);
        for (int i = 0; i < tensors.Count; i++)
        {
            AddEntry($"archive/data/{i}", MemoryMarshal.AsBytes(tensors[i].Values().AsSpan()));
        }

        AddEntry("archive/version", "3\n"u8);
        long start = stream.Position;
        directory.WriteTo(stream);
        stream.Write([0x50, 0x4b, 5, 6, 0, 0, 0, 0]);
        WriteInt16(stream, entries);
        WriteInt16(stream, entries);
        WriteInt32(stream, (uint)directory.Length);
        WriteInt32(stream, (uint)start);
        WriteInt16(stream, 0);

        void AddEntry(string name, ReadOnlySpan<byte> content)
        {
            long local = stream.Position;
            int padding = (int)((64 - (local + 30 + name.Length) % 64) % 64);
            stream.Write([0x50, 0x4b, 3, 4]);
            WriteHeader(stream, name, content.Length, padding);
            stream.Write(Encoding.ASCII.GetBytes(name));
            stream.Write(new byte[padding]);
            stream.Write(content);
            directory.Write([0x50, 0x4b, 1, 2, 0, 0]);
            WriteHeader(directory, name, content.Length, 0);
            directory.Write(new byte[10]);
            WriteInt32(directory, (uint)local);
            directory.Write(Encoding.ASCII.GetBytes(name));
            entries++;
        }
    }

    private static void WriteHeader(Stream stream, string name, int length, int extra)
    {
        // Version, flags, method, time, date and checksum, on which the reader must not depend.
        stream.Write(new byte[14]);
        WriteInt32(stream, (uint)length);
        WriteInt32(stream, (uint)length);
        WriteInt16(stream, name.Length);
        WriteInt16(stream, extra);
    }

    private static PickleWriter StateDict(IReadOnlyList<NamedTensor> tensors)
    {
        PickleWriter pickle = new PickleWriter().Begin().Global("collections", "OrderedDict").Tuple().Reduce().Mark();
        for (int i = 0; i < tensors.Count; i++)
        {
            NamedTensor tensor = tensors[i];
            pickle.Text(tensor.Name).Global("torch._utils", "_rebuild_tensor_v2").Mark();
            pickle.Mark().Text("storage").Global("torch", "FloatStorage").Text($"{i}").Text("cpu").Number(tensor.Count);
            if (i % 2 == 0)
            {
                // Legacy files say here that the storage is not a view; zip files omit this.
                pickle.None();
            }

            pickle.EndTuple().PersistentId().Number(0).Mark();
            foreach (int size in tensor.Shape)
            {
                pickle.Number(size);
            }

            pickle.EndTuple().Mark();
            for (int axis = 0; axis < tensor.Shape.Length; axis++)
            {
                pickle.Number(tensor.Shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size));
            }

            pickle.EndTuple().Truth(false).Global("collections", "OrderedDict").Tuple().Reduce().EndTuple().Reduce();
        }

        // A state dict of torch carries its _metadata as the state of the dictionary.
        return pickle.SetItems().Dictionary().Mark().Text("_metadata").Dictionary().SetItems().Build().Stop();
    }

    private static void WriteInt64(Stream stream, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void WriteInt32(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void WriteInt16(Stream stream, int value) => stream.Write([(byte)value, (byte)(value >> 8)]);
}
