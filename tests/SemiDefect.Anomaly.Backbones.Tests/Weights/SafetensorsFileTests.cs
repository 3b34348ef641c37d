using System.Buffers.Binary;
using System.Text;
using SemiDefect.Anomaly.Backbones.Weights;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Weights;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Every_type_is_read()
    {
        byte[] content =
        [
            .. BitConverter.GetBytes(1.5f),
            .. BitConverter.GetBytes((Half)(-0.25f)),
            0x49, 0x40, // 3.140625 in bfloat16
            .. BitConverter.GetBytes(2.5),
            .. BitConverter.GetBytes(-7L),
            200,
        ];
        using var folder = new TemporaryFolder();
        using WeightsFile file = Open(folder, """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
             "b":{"dtype":"F16","shape":[1,1],"data_offsets":[4,6]},
             "c":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]},
             "d":{"dtype":"F64","shape":[],"data_offsets":[8,16]},
             "e":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},
             "f":{"dtype":"U8","shape":[1],"data_offsets":[24,25]},
             "empty":{"dtype":"F32","shape":[0,3],"data_offsets":[25,25]},
             "__metadata__":{"format":"pt"}}
            """, content);
        Assert.Equal([1.5f], file.Tensors["a"].ToArray());
        Assert.Equal([-0.25f], file.Tensors["b"].ToArray());
        Assert.Equal([3.140625f], file.Tensors["c"].ToArray());
        Assert.Equal([2.5f], file.Tensors["d"].ToArray());
        Assert.Equal([-7f], file.Tensors["e"].ToArray());
        Assert.Equal([200f], file.Tensors["f"].ToArray());
        Assert.Empty(file.Tensors["empty"].ToArray());
        Assert.Equal(7, file.Tensors.Count);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")] // too short for the shape
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""")] // too long for it
    // overlap
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"""
            + ""","b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")] // gap before
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")] // bytes left over
    // the same bytes twice
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"""
            + ""","b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[250],"data_offsets":[0,1000]}}""")] // beyond the end
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""")]
    [InlineData("""{"a":{"dtype":"Q9","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"""
            + ""","a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":7}""")]
    [InlineData("""{"a":{"dtype":3,"shape":"x","data_offsets":{}}}""")]
    [InlineData("""{"a":""")]
    [InlineData("""{{{{{{{{{{{{{{{{{{""")]
    public void An_inconsistent_header_is_rejected(string header)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<WeightsFormatException>(() => Open(folder, header, new byte[8]).Dispose());
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 40)]
    [InlineData(1UL << 31)]
    [InlineData(1UL << 20)]
    public void An_absurd_header_length_is_rejected_before_allocation(ulong length)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("absurd.safetensors");
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        bytes[8] = (byte)'{';
        File.WriteAllBytes(path, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(path).Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 17);
    }

    [Fact]
    public void A_file_of_another_format_is_rejected_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("picture.safetensors");
        File.WriteAllText(path, "GIF89a and so on");
        Assert.Contains(
            "picture.safetensors",
            Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(path)).Message,
            StringComparison.Ordinal);
        Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(folder.File("missing.pth")));
        File.WriteAllBytes(path, []);
        Assert.Throws<WeightsFormatException>(() => WeightsFile.Open(path));
    }

    private static WeightsFile Open(TemporaryFolder folder, string header, byte[] content)
    {
        string path = folder.File("weights.safetensors");
        byte[] text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. content]);
        return WeightsFile.Open(path);
    }
}
