using System.Diagnostics;
using System.Text;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;
using Xunit.Abstractions;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

/// <summary>Text that users give, damaged: every reader refuses it in one line or takes it.</summary>
[Trait("Speed", "Slow")]
public sealed class InputFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Mutations = 4000;
    private const long LargestAllocation = 16 << 20;
    private static readonly string[] Pieces =
        [
            "\"", ",", "\n", "\r\n", "\r", "\0", "\uFEFF", "..", "/", "\\", "{", "}", "[", "]", "null", "1e999", "-1",
            "\"\"", "\u202E", "\uD800", new string('9', 400), new string('[', 300), new string(',', 300)
        ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_lists_of_a_contest_are_refused_in_one_line_or_opened() => Attack(
        "id,img_path,label\r\nA,\"train/a,1.png\",0\r\nB,test/b.png,1\r\n\"C\",c.png,0\r\n",
        path => LabeledDataset.Open(path, needsTraining: false));

    [Fact]
    public void Damaged_tables_are_refused_in_one_line_or_read() =>
        Attack(
            "path,label,mask\nnew/a.png,good,\n\"new/b \"\"2\"\".png\",bad,m/b.png\nnew/c.png,1,\n",
            path => CsvTable.Read(path));

    [Fact]
    public void Damaged_data_sets_are_refused_in_one_line_or_opened() =>
        Attack(
            "path,label,mask\nnew/a.png,good,\nnew/b.png,bad,m/b.png\nnew/c.png,good,\n",
            path => LabeledDataset.Open(path, needsTraining: false));

    [Fact]
    public void Damaged_submissions_are_refused_in_one_line_or_filled() =>
        Attack(
            "id,label\nA,-1\nB,-1\nC,-1\n",
            path =>
                SubmissionFile.Write(
                    path, _folder.File("filled.csv"), [("A.png", true), ("B.png", false), ("x/C.png", true)]));

    [Fact]
    public void Damaged_manifests_are_refused_in_one_line_or_read() => Attack(
        File.ReadAllText(
            Directory.GetFiles(Path.Combine(Repository.Root, "backbones"), "*.json")
                .Order(StringComparer.Ordinal)
                .First()),
        path => BackboneManifest.Parse(File.ReadAllBytes(path), path));

    [Fact]
    public void Damaged_annotations_are_refused_in_one_line_or_opened()
    {
        Attack(
            "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":9,\"height\":8},"
                + "{\"id\":2,\"file_name\":\"b.png\",\"width\":9,\"height\":8}],"
                + "\"annotations\":[{\"image_id\":2,\"category_id\":1,\"bbox\":[1,2,3,4]}]}",
            path => LabeledDataset.Open(path, needsTraining: false),
            "input.json");
        Attack(
            "{\"meta\":{\"prefix\":\"x/\"},\"train\":[{\"anomaly_class\":\"OK\",\"image_path\":\"a.png\"}],\"test\":["
                + "{\"anomaly_class\":\"BX\",\"image_path\":\"b.jpg\",\"mask_path\":\"b.png\"}]}",
            path => LabeledDataset.Open(path, needsTraining: false),
            "input.json");
    }

    [Fact]
    public void Damaged_lists_of_solar_cells_and_of_splits_are_refused_in_one_line_or_opened()
    {
        Attack(
            "images/1.png  0.0 mono\nimages/2.png  1.0 poly\nimages/3.png  0.33 poly\n",
            path => LabeledDataset.Open(path, needsTraining: false));
        Attack(
            "object,split,label,image,mask\nx,train,normal,a.png,\nx,test,normal,b.png,\nx,test,anomaly,c.png,m.png\n",
            path => LabeledDataset.OpenAll(path, needsTraining: false));
    }

    private void Attack(string original, Action<string> read, string name = "input.csv")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(original);
        var generator = new SeededGenerator(41);
        string path = _folder.File(name);
        File.WriteAllBytes(path, bytes);
        read(path);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] damaged = Damage(bytes, generator);
            File.WriteAllBytes(path, damaged);
            var watch = Stopwatch.StartNew();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(path);
            }
            catch (SemiDefectException error)
            {
                refused++;
                Assert.False(error.Message.Any(char.IsControl), $"Mutation {i}: {error.Message}");
            }
            catch (Exception error)
            {
                Assert.Fail($"Mutation {i} ({Encoding.UTF8.GetString(damaged)}) ended in {error}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, LargestAllocation);
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
        }

        output.WriteLine($"{Mutations} mutations: {refused} refused, {Mutations - refused} read, 0 crashes");
        Assert.InRange(refused, Mutations / 20, Mutations - 1);
    }

    private static byte[] Damage(byte[] original, SeededGenerator generator)
    {
        byte[] bytes = original;
        for (int i = 1 + generator.NextInt32(3); i > 0; i--)
        {
            int at = generator.NextInt32(bytes.Length + 1);
            int end = Math.Min(bytes.Length, at + 1 + generator.NextInt32(8));
            bytes = generator.NextInt32(5) switch
            {
                0 => [.. bytes[..at], (byte)generator.NextInt32(256), .. bytes[at..]],
                1 => [.. bytes[..at], .. bytes[end..]],
                2 => bytes[..at],
                3 => [.. bytes[..end], .. bytes[at..]],
                _ =>
                    [
                        .. bytes[..at],
                        .. Encoding.UTF8.GetBytes(Pieces[generator.NextInt32(Pieces.Length)]),
                        .. bytes[at..]
                    ],
            };
        }

        return bytes;
    }
}
