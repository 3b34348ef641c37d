using System.Buffers.Binary;
using System.Text;
using CsCheck;
using SemiDefect.Anomaly.Evaluation.Wafers;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Evaluation.Tests.Wafers;

public sealed class WaferMapFileTests
{
    private static readonly byte[] States = [0, 1, 0, 2, 1, 2];

    [Theory]
    [InlineData(1, "|u1", 1, false)]
    [InlineData(2, "|i1", 1, false)]
    [InlineData(3, "<i2", 2, false)]
    [InlineData(1, ">i4", 4, true)]
    [InlineData(1, "<u8", 8, false)]
    [InlineData(1, ">i8", 8, true)]
    public void Arrays_of_all_versions_and_integers_are_read(int version, string type, int size, bool isFortran)
    {
        WaferMap map = Read(Npy(version, type, size, isFortran, States, 2, 3), "a.npy").Map;
        Assert.Equal((2, 3), (map.Rows, map.Columns));
        Assert.Equal(States, map.States.ToArray());
        Assert.Equal((4, 2), (map.Dies, map.Failed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_array_of_three_dimensions_holds_several_maps(bool isFortran)
    {
        byte[] both = [0, 1, 0, 2, 1, 2, 1, 1, 1, 2, 2, 2];
        IReadOnlyList<NamedWaferMap> maps = WaferMapFile.Decode(Npy(1, "|u1", 1, isFortran, both, 2, 2, 3), "x/a.npy");
        Assert.Equal(["a-000000", "a-000001"], maps.Select(map => map.Name));
        Assert.Equal(both, maps.SelectMany(map => map.Map.States.ToArray()));
    }

    [Theory]
    [InlineData("0,1,0\n2,1,2\n")]
    [InlineData("# lot 7\r\n\r\n0 1  0\r\n2 1 2")]
    [InlineData("0\t1\t0\n2\t1\t2")]
    [InlineData("0; 1; 0\n2; 1; 2\n")]
    [InlineData("010\n212\n")]
    [InlineData("\uFEFF0,1,0\n2,1,2\n")]
    [InlineData("x y bin\n0 1 7\n1 0 1\n2 1 F\n1 1 PASS\n")]
    [InlineData("lot,X_COORD,Y_COORD,HARD_BIN\nA,-3,5,13\nA,-2,4,1\nA,-1,5,2\nA,-2,5,1\n")]
    public void Matrices_and_lists_of_dies_are_read(string text)
    {
        WaferMap map = Read(Encoding.UTF8.GetBytes(text), "a.txt").Map;
        Assert.Equal((2, 3), (map.Rows, map.Columns));
        Assert.Equal(States, map.States.ToArray());
    }

    [Fact]
    public void Rows_of_WM811K_are_read_with_their_labels()
    {
        const string Text = "waferMap,dieSize,failureType\n"
            + "\"[[0, 1, 0], [2, 1, 2]]\",4,[['Edge-Ring']]\n"
            + "\"[[0 1 0]\n [2 1 2]]\",4,none\n"
            + "\"[[0, 1, 0], [2, 1, 2]]\",4,[]\n";
        IReadOnlyList<NamedWaferMap> maps = WaferMapFile.Decode(Encoding.UTF8.GetBytes(Text), "rows.csv");
        Assert.Equal(["Edge-Ring", "none", null], maps.Select(map => map.Label));
        Assert.Equal(["rows-000000", "rows-000001", "rows-000002"], maps.Select(map => map.Name));
        Assert.All(maps, map => Assert.Equal(States, map.Map.States.ToArray()));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(127, 255)]
    [InlineData(128, 255)]
    public void Pictures_of_known_grays_are_read(byte pass, byte fail)
    {
        byte[] grays = [.. States.Select(state => state == 0 ? (byte)0 : state == 1 ? pass : fail)];
        Assert.Equal(States, Read(Png(grays, 1), "a.png").Map.States.ToArray());
    }

    [Fact]
    public void Pictures_of_colors_are_read_as_they_were_written()
    {
        Image picture = WaferRenderer.Render(new WaferMap(2, 3, States), WaferView.Colors, 32);
        using var stream = new MemoryStream();
        PngWriter.Write(stream, 32, 32, 3, picture.Rgb);
        WaferMap map = Read(stream.ToArray(), "a.png").Map;
        Assert.Equal(4 * 100, map.Dies);
        Assert.Equal(2 * 100, map.Failed);
    }

    [Theory]
    [InlineData("a.txt", "0 1\n1\n", "line 2 has 1 values, and the first one has 2")]
    [InlineData("a.txt", "0 1\n1 3\n", "line 2 has '3'")]
    [InlineData("a.csv", "0,1.0\n", "line 1 has '1.0'")]
    [InlineData("a.txt", "0 0\n", "has no die")]
    [InlineData("a.txt", "", "is empty")]
    [InlineData("a.txt", "x y bin\n1 1 1\n1 1 2\n", "occurs twice")]
    [InlineData("a.txt", "x y bin\n1 1 one\n", "is no bin")]
    [InlineData("a.txt", "x y bin\n0 0 1\n30000 0 1\n", "at most 1024")]
    [InlineData("a.txt", "x y bin\n0 9999999999 1\n", "no coordinate")]
    [InlineData("a.txt", "x y bin\n", "no dies")]
    [InlineData("a.csv", "waferMap,failureType\n\"[[0 1 ... 1 0]\n [2]]\",none\n", "abbreviated")]
    [InlineData("a.csv", "waferMap,failureType\n\"[[0, 1], [1]]\",none\n", "differ in length")]
    [InlineData("a.csv", "waferMap,failureType\n\"[[0, 1], [1, 1]\",none\n", "cut off")]
    [InlineData("a.csv", "waferMap,failureType\n\"[[[1]]]\",none\n", "nested lists of 0, 1 and 2")]
    [InlineData("a.csv", "waferMap,failureType\n\"[[1]]\",../x\n", "name of a pattern")]
    [InlineData("a.csv", "waferMap\n", "a list of 0 maps")]
    public void What_is_not_understood_is_refused_in_one_line(string path, string text, string reason)
    {
        SemiDefectException error =
            Assert.Throws<SemiDefectException>(() => WaferMapFile.Decode(Encoding.UTF8.GetBytes(text), path));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Arrays_that_are_no_maps_are_refused()
    {
        byte[][] files =
        [
            Npy(4, "|u1", 1, false, States, 2, 3),
            Npy(1, "<f4", 4, false, States, 2, 3),
            Npy(1, "|O", 1, false, States, 2, 3),
            Npy(1, "|u1", 1, false, States, 6),
            Npy(1, "|u1", 1, false, States, 3, 3),
            Npy(1, "|u1", 1, false, States, 2_000_000_000, 2_000_000_000),
            Npy(1, "|u1", 1, false, [0, 1, 3, 2], 2, 2),
            Npy(1, "<i2", 2, false, States, 2, 3)[..^1],
            [.. Npy(1, "|u1", 1, false, States, 2, 3), 0],
            [0x93, .. "NUMPY"u8],
            [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255],
        ];
        Assert.All(files, file => Assert.Throws<SemiDefectException>(() => WaferMapFile.Decode(file, "a.npy")));
        Assert.Throws<SemiDefectException>(() => WaferMapFile.Decode(Png([0, 90, 200, 0, 90, 200], 1), "a.png"));
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_and_never_crash()
    {
        byte[][] files =
        [
            Npy(1, "|u1", 1, false, States, 2, 3),
            Npy(3, ">i4", 4, true, States, 2, 3),
            Encoding.UTF8.GetBytes("x y bin\n0 1 7\n1 0 1\n2 1 2\n1 1 1\n"),
            Encoding.UTF8.GetBytes("waferMap,failureType\n\"[[0, 1, 0], [2, 1, 2]]\",[['none']]\n"),
            Encoding.UTF8.GetBytes("0,1,0\n2,1,2\n"),
            Png(States, 1),
        ];
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Sample(
            (which, at, value, kind) =>
            {
                byte[] file = [.. files[which]];
                at %= file.Length;
                file = kind switch
                {
                    0 => file[..at],
                    1 => [.. file[..at], value, .. file[at..]],
                    _ => [.. file[..at], value, .. file[(at + 1)..]],
                };
                try
                {
                    Assert.NotEmpty(WaferMapFile.Decode(file, "a.csv"));
                }
                catch (SemiDefectException error)
                {
                    Assert.DoesNotContain('\n', error.Message);
                }
            },
            iter: 4000);
    }

    private static NamedWaferMap Read(byte[] bytes, string path) => Assert.Single(WaferMapFile.Decode(bytes, path));

    private static byte[] Png(byte[] grays, int channels)
    {
        using var stream = new MemoryStream();
        PngWriter.Write(stream, 3, 2, channels, grays);
        return stream.ToArray();
    }

    private static byte[] Npy(int version, string type, int size, bool isFortran, byte[] states, params int[] shape)
    {
        string sizes = string.Join(", ", shape);
        string header = $"{{'descr': '{type}', 'fortran_order': {isFortran}, 'shape': ({sizes},), }}\n";
        byte[] length = new byte[version == 1 ? 2 : 4];
        if (version == 1)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        }

        byte[] content = new byte[states.Length * size];
        for (int i = 0; i < states.Length; i++)
        {
            int at = i;
            if (isFortran)
            {
                // From the last index, which is the fastest in C order, to the first.
                (int rest, at) = (i, 0);
                for (int axis = shape.Length - 1; axis >= 0; axis--)
                {
                    at += rest % shape[axis] * shape[..axis].Aggregate(1, (product, one) => product * one);
                    rest /= shape[axis];
                }
            }

            content[at * size + (type[0] == '>' ? size - 1 : 0)] = states[i];
        }

        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. content];
    }
}
