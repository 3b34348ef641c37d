using System.Buffers.Binary;
using System.Text;
using CsCheck;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Numerics;

public sealed class NpyFileTests : IDisposable
{
    // Written by NumPy 1.24: np.save of (arange(6, float32).reshape(2, 3) * 0.5 - 1), write_array(version=(2, 0)) of
    // int64 [1, -2, 2^40].
    private const string NumpyVersion1 =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
        + "IDMpLCB9ICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIC/AAAAvwAAAAAAAAA/AACAPwAAwD8=";

    private const string NumpyVersion2 =
        "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAo"
        + "MywpLCB9ICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAP7/////////AAAAAAABAAA=";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_written_by_NumPy_are_read()
    {
        (int[] shape, float[] values) = NpyFile.Read<float>(Store(Convert.FromBase64String(NumpyVersion1)));
        Assert.Equal([2, 3], shape);
        Assert.Equal([-1f, -0.5f, 0f, 0.5f, 1f, 1.5f], values);
        (shape, long[] integers) = NpyFile.Read<long>(Store(Convert.FromBase64String(NumpyVersion2)));
        Assert.Equal([3], shape);
        Assert.Equal([1L, -2L, 1L << 40], integers);
    }

    [Fact]
    public void A_header_has_the_layout_of_NumPy()
    {
        byte[] file = Encode<double>([1.5], 1);
        Assert.Equal("NUMPY\u0001\u0000"u8.ToArray(), file[1..8]);
        Assert.Equal(0x93, file[0]);
        int headerEnd = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        Assert.Equal(0, headerEnd % 64);
        Assert.Equal((byte)'\n', file[headerEnd - 1]);
        Assert.Equal(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1, ), }",
            Encoding.ASCII.GetString(file, 10, headerEnd - 10).TrimEnd());
        Assert.Equal(1.5, BinaryPrimitives.ReadDoubleLittleEndian(file.AsSpan(headerEnd)));
    }

    [Fact]
    public void Every_type_and_shape_round_trips() =>
        Gen.Int[0, 5].Array[0, 4].Sample(
            shape =>
            {
                int count = shape.Aggregate(1, (product, size) => product * size);
                AssertRoundTrip(shape, [.. Enumerable.Range(0, count).Select(i => (byte)(i * 37))]);
                AssertRoundTrip(shape, [.. Enumerable.Range(0, count).Select(i => i * -7919)]);
                AssertRoundTrip(shape, [.. Enumerable.Range(0, count).Select(i => i * -7919_000_000_000L)]);
                AssertRoundTrip(shape, [.. Enumerable.Range(0, count).Select(i => i / 3f)]);
                AssertRoundTrip(shape, [.. Enumerable.Range(0, count).Select(i => i == 0 ? double.NaN : i / 3.0)]);
            },
            iter: 50);

    [Fact]
    public void A_shape_that_does_not_match_the_values_is_a_programming_error() =>
        Assert.Throws<ArgumentException>(() => Encode<float>([1, 2, 3], 2, 2));

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "'<f4' is needed")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "'<f4' is needed")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "'<f4' is needed")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "C order")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", "header")]
    [InlineData("nothing that NumPy would write", "header")]
    [InlineData("", "header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "does not hold")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "does not hold")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", "does not hold")]
    [InlineData(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 2000000000, 2000000000), }", "does not hold")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536), }", "does not hold")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1073741824,), }", "does not hold")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "unreadable shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1 2,), }", "unreadable shape")]
    public void A_hostile_header_is_rejected_with_a_reason(string header, string reason)
    {
        byte[] text = Encoding.ASCII.GetBytes(header);
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. new byte[8]];
        string path = Store(file);
        SemiDefectException error = Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(path));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_claims_gigabytes_is_rejected_before_allocation()
    {
        string path = Store([0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B]);
        Assert.Contains(
            "claims a header",
            Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_files_and_unknown_versions_are_rejected()
    {
        byte[] whole = Convert.FromBase64String(NumpyVersion1);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = Store(whole[..length]);
            Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(path));
        }

        foreach (byte version in (byte[])[0, 3, 255])
        {
            whole[6] = version;
            string path = Store(whole);
            Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(path));
        }
    }

    [Fact]
    public void Random_bytes_after_the_magic_never_throw_another_exception() =>
        Gen.Byte.Array[0, 200].Sample(
            bytes =>
            {
                string path = Store([0x93, .. "NUMPY"u8, 1, 0, .. bytes]);
                Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(path));
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void A_missing_file_and_a_folder_are_rejected()
    {
        Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(_folder.File("missing.npy")));
        Assert.Throws<SemiDefectException>(() => NpyFile.Read<float>(_folder.Path));
    }

    private static byte[] Encode<T>(T[] values, params int[] shape)
        where T : unmanaged
    {
        using var stream = new MemoryStream();
        NpyFile.Write<T>(stream, values, shape);
        return stream.ToArray();
    }

    private string Store(byte[] content)
    {
        string path = _folder.File($"{Guid.NewGuid():N}.npy");
        File.WriteAllBytes(path, content);
        return path;
    }

    private void AssertRoundTrip<T>(int[] shape, T[] values)
        where T : unmanaged
    {
        (int[] readShape, T[] readValues) = NpyFile.Read<T>(Store(Encode(values, shape)));
        Assert.Equal(shape, readShape);
        Assert.Equal(values, readValues);
    }
}
