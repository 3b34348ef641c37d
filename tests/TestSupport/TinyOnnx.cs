using System.Text;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Invalid networks with one node, written byte by byte in ONNX's protobuf encoding.</summary>
internal static class TinyOnnx
{
    private const int Float32 = 1;

    /// <summary>Output = Relu(input), with these shapes; 0 is a dynamic size.</summary>
    public static byte[] Relu(int[] inputShape, int[] outputShape, int elementType = Float32, int inputs = 1)
    {
        byte[][] names =
        [
            .. Enumerable.Range(0, inputs)
                .Select(i => Value(11, i == 0 ? "input" : $"input{i}", inputShape, elementType))
        ];
        return Model(
            [
                .. Node("Relu", "input", "output"),
                .. names.SelectMany(bytes => bytes),
                .. Value(12, "output", outputShape, elementType)
            ]);
    }

    /// <summary>Output = Relu(convolution of the input), 4 channels, 3 x 3, stride 2.</summary>
    public static byte[] Convolution()
    {
        byte[] weights =
            [.. Enumerable.Range(0, 4 * 3 * 3 * 3).SelectMany(i => BitConverter.GetBytes((i % 7 - 3) / 8f))];
        byte[] weight =
        [
            .. Number(1, 4), .. Number(1, 3), .. Number(1, 3), .. Number(1, 3), .. Number(2, Float32),
            .. Text(8, "weight"), .. Message(9, weights)
        ];
        byte[] bias =
        [
            .. Number(1, 4),
            .. Number(2, Float32),
            .. Text(8, "bias"),
            .. Message(9, [.. Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes(i / 4f))])
        ];
        byte[] node =
        [
            .. Text(1, "input"), .. Text(1, "weight"), .. Text(1, "bias"), .. Text(2, "sums"), .. Text(4, "Conv"),
            .. Integers("kernel_shape", 3, 3), .. Integers("pads", 1, 1, 1, 1), .. Integers("strides", 2, 2),
        ];
        return Model([
            .. Message(1, node),
            .. Node("Relu", "sums", "output"),
            .. Message(5, weight),
            .. Message(5, bias),
            .. Value(11, "input", [0, 3, 0, 0], Float32),
            .. Value(12, "output", [0, 4, 0, 0], Float32)]);
    }

    /// <summary>Output = input + a weight stored in another file.</summary>
    public static byte[] ExternalWeight()
    {
        byte[] location = [.. Text(1, "location"), .. Text(2, "weights.bin")];
        byte[] tensor =
            [.. Number(1, 1), .. Number(2, Float32), .. Text(8, "weight"), .. Message(13, location), .. Number(14, 1)];
        return Model([
            .. Node("Add", "input", "output", "weight"),
            .. Message(5, tensor),
            .. Value(11, "input", [0, 3, 0, 0], Float32),
            .. Value(12, "output", [0, 3, 0, 0], Float32)]);
    }

    private static byte[] Model(byte[] graph) =>
        [.. Number(1, 8), .. Message(7, [.. graph, .. Text(2, "tiny")]), .. Message(8, Number(2, 13))];

    private static byte[] Node(string operation, string input, string output, string? second = null) =>
        Message(
            1,
            [.. Text(1, input), .. second is null ? [] : Text(1, second), .. Text(2, output), .. Text(4, operation)]);

    private static byte[] Integers(string name, params int[] values) =>
        Message(5, [.. Text(1, name), .. values.SelectMany(value => Number(8, value)), .. Number(20, 7)]);

    private static byte[] Value(int field, string name, int[] shape, int elementType)
    {
        byte[] dimensions = [.. shape.SelectMany(size => Message(1, size > 0 ? Number(1, size) : Text(2, "any")))];
        byte[] tensorType = [.. Number(1, elementType), .. Message(2, dimensions)];
        return Message(field, [.. Text(1, name), .. Message(2, Message(1, tensorType))]);
    }

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Message(field, Encoding.ASCII.GetBytes(value));

    private static byte[] Message(int field, byte[] content) =>
        [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 128; value >>= 7)
        {
            bytes.Add((byte)(value | 128));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
