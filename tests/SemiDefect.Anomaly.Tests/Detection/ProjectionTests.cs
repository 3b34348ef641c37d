using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

public sealed class ProjectionTests : IDisposable
{
    private const int Side = 64;

    private static readonly ProjectionOptions[] All =
    [
        new() { Kind = ProjectionKind.Pca, Dimension = 3 },
        new() { Kind = ProjectionKind.Whiten, Dimension = 2 },
        new() { Kind = ProjectionKind.ReConPatch, Dimension = 3, Steps = 30 },
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ProjectionKind> Kinds => [.. Enum.GetValues<ProjectionKind>()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("reconpatch", ProjectionKind.ReConPatch, null)]
    [InlineData("ReConPatch:64", ProjectionKind.ReConPatch, 64)]
    [InlineData("pca:1024", ProjectionKind.Pca, 1024)]
    [InlineData("whiten:1", ProjectionKind.Whiten, 1)]
    public void Texts_name_projections(string text, ProjectionKind kind, int? dimension)
    {
        ProjectionOptions options = ProjectionOptions.Parse(text)!;
        Assert.Equal((kind, dimension), (options.Kind, options.Dimension));
        Assert.Null(ProjectionOptions.Parse("none"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pca:")]
    [InlineData("pca:0")]
    [InlineData("pca:1025")]
    [InlineData("pca:-3")]
    [InlineData("pca:3:4")]
    [InlineData("none:3")]
    [InlineData("lda")]
    public void Other_texts_are_refused(string text) =>
        Assert.DoesNotContain(
            '\n', Assert.Throws<SemiDefectException>(() => ProjectionOptions.Parse(text)).Message);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_detector_file_keeps_the_projection(ProjectionKind kind)
    {
        using var encoder = new CellEncoder();
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), Options(kind) with { GoldenImages = 2 });
        string path = _folder.File("projected.sdad");
        fitted.Save(path);
        using AnomalyDetector loaded = AnomalyDetector.Load(path, new LoadOptions { Encoder = encoder });
        Assert.Equal(fitted.Inspect(Part(200)).Score, loaded.Inspect(Part(200)).Score);
        Assert.Equal(fitted.Fingerprint.Sha256, loaded.Fingerprint.Sha256);
        Assert.True(loaded.Verify().IsIdentical);
        ProjectionDescription projection = loaded.Description.Lanes[0].Projection!;
        Assert.Equal((kind, CellEncoder.Dimension), (projection.Kind, projection.Inputs));
        Assert.Equal(loaded.Description.Lanes[0].Dimension, projection.Outputs);
        Assert.Equal(kind == ProjectionKind.ReConPatch ? 30 : null, projection.Steps);
        Assert.Equal(kind == ProjectionKind.Whiten, projection.Shrinkage is not null);
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Kinds))]
    public void Neither_threads_nor_a_temporary_file_change_it(ProjectionKind kind)
    {
        FitOptions options = Options(kind);
        using AnomalyDetector one = AnomalyDetector.Fit(Good(), options with { Threads = 1 });
        using AnomalyDetector many = AnomalyDetector.Fit(Good(), Options(kind) with { Threads = 5 });
        Assert.Equal(one.Fingerprint.Sha256, many.Fingerprint.Sha256);

        using TrainingFeatures kept = Collect(int.MaxValue);
        using TrainingFeatures spilled = Collect(10);
        Assert.True(spilled.IsSpilled);
        ProjectionOptions asked = options.Projection!;
        using PatchProjection a = ProjectionFitter.Fit(kept, asked, options, null, CancellationToken.None);
        using PatchProjection b = ProjectionFitter.Fit(spilled, asked, options, null, CancellationToken.None);
        Assert.Equal(a.Record.Sha256, b.Record.Sha256);
        using TrainingFeatures projected = Collect(10).Project(a, int.MaxValue, 2, CancellationToken.None);
        using TrainingFeatures again = Collect(10).Project(a, 10, 1, CancellationToken.None);
        Assert.Equal((false, true), (projected.IsSpilled, again.IsSpilled));
        for (int image = 0; image < 12; image++)
        {
            Assert.Equal(projected.RowsOf(image).ToArray(), again.RowsOf(image).ToArray());
        }
    }

    [Fact]
    public void All_principal_components_give_the_scores_without_a_projection()
    {
        using AnomalyDetector plain = AnomalyDetector.Fit(Good(), CellFits.Options());
        using AnomalyDetector projected = AnomalyDetector.Fit(Good(), CellFits.Options() with
        {
            Projection = new() { Kind = ProjectionKind.Pca },
        });
        Assert.Equal(CellEncoder.Dimension, projected.Description.Lanes[0].Dimension);
        Assert.Equal(plain.Inspect(Part(200)).Score, projected.Inspect(Part(200)).Score, 1e-4);
        Assert.NotEqual(plain.Fingerprint.Options, projected.Fingerprint.Options);
    }

    [Fact]
    public void Whitening_works_behind_a_projection()
    {
        using var encoder = new CellEncoder();
        using AnomalyDetector fitted = AnomalyDetector.Fit(
            Good(), Options(ProjectionKind.Pca) with { Whitening = true, GoldenImages = 1 });
        string path = _folder.File("both.sdad");
        fitted.Save(path);
        using AnomalyDetector loaded = AnomalyDetector.Load(path, new LoadOptions { Encoder = encoder });
        Assert.NotNull(loaded.Description.Lanes[0].Shrinkage);
        Assert.True(loaded.Verify().IsIdentical);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Updates_keep_the_projection_and_merges_need_the_same(ProjectionKind kind)
    {
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), Options(kind));
        using AnomalyDetector updated = fitted.Update(Good(first: 300, count: 3));
        Assert.Equal(
            fitted.Document.Lanes[0].Projection!.Sha256, updated.Document.Lanes[0].Projection!.Sha256);
        Assert.True(updated.Inspect(Part(301)).Score <= fitted.Inspect(Part(301)).Score);
        using AnomalyDetector merged = AnomalyDetector.Merge(fitted, updated);
        Assert.Equal(23, merged.Description.Images.Count);
        using AnomalyDetector other = AnomalyDetector.Fit(Good(first: 50), Options(kind));
        Assert.Contains(
            "projection",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(fitted, other)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_projection_is_refused()
    {
        using AnomalyDetector fitted = AnomalyDetector.Fit(Good(), Options(ProjectionKind.Whiten));
        string path = _folder.File("sound.sdad");
        fitted.Save(path);
        using DetectorBundle sound = DetectorFileReader.Read(path);
        LaneRecord lane = sound.Document.Lanes[0];
        ProjectionRecord record = lane.Projection!;
        float[] matrix = [.. record.Matrix];
        matrix[0] = float.NaN;
        float[] large = [.. record.Matrix];
        large[^1] = 1e30f;
        ProjectionRecord Of(float[] values) =>
            ProjectionRecord.Of(record.Kind, record.Inputs, record.Outputs, values);
        ProjectionRecord[] damaged =
        [
            Of(matrix),
            Of(large),
            record with { Sha256 = new string('0', 64) },
            record with { Inputs = 3 },
            record with { Outputs = 3 },
            record with { Kind = (ProjectionKind)7 },
            record with { Shrinkage = 0 },
            record with { Steps = -1 },
            record with { Lane = 1 },
        ];
        for (int i = 0; i < damaged.Length; i++)
        {
            string bad = _folder.File($"damaged-{i}.sdad");
            DetectorFileWriter.Write(bad, sound with
            {
                Document = sound.Document with { Lanes = [lane with { Projection = damaged[i] }], Sections = [] },
            });
            Assert.DoesNotContain(
                '\n', Assert.ThrowsAny<SemiDefectException>(() => DetectorFileReader.Read(bad)).Message);
        }
    }

    [Fact]
    public void More_values_than_there_are_or_images_that_do_not_vary_are_refused()
    {
        FitOptions wide = CellFits.Options() with { Projection = new() { Kind = ProjectionKind.Pca, Dimension = 5 } };
        Assert.Contains(
            "4",
            Assert.Throws<SemiDefectException>(() => AnomalyDetector.Fit(Good(), wide)).Message,
            StringComparison.Ordinal);
        var flat = new ImageList(
            [.. Enumerable.Range(0, 4).Select(i => ($"{i}", Pictures.Of(Side, Side, (_, _) => 90)))]);
        Assert.All(All, projection => Assert.Contains(
            "--projection none",
            Assert.Throws<SemiDefectException>(
                () => AnomalyDetector.Fit(flat, CellFits.Options() with { Projection = projection })).Message,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Training_is_reported_and_can_be_canceled()
    {
        using var stop = new CancellationTokenSource();
        var steps = new List<FitProgress>();
        var progress = new SynchronousProgress<FitProgress>(report =>
        {
            if (report.Stage == FitStage.Projection)
            {
                steps.Add(report);
                if (steps.Count == 12)
                {
                    stop.Cancel();
                }
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => AnomalyDetector.Fit(
            Good(), Options(ProjectionKind.ReConPatch), progress, stop.Token));
        Assert.Equal(Enumerable.Range(1, 12), steps.Select(step => step.Done));
        Assert.All(steps, step => Assert.Equal(30, step.Total));
    }

    private static FitOptions Options(ProjectionKind kind) =>
        CellFits.Options() with { Projection = All.Single(projection => projection.Kind == kind) };

    private static TrainingFeatures Collect(int atOnce)
    {
        var generator = new SeededGenerator(4);
        PatchGrid Grid() => Grids.Of(
            Enumerable.Range(0, 50 * 6).Select(i => (float)(generator.NextGaussian() * (1 + i % 6))).ToArray(), 6);
        return TrainingFeatures.Collect(
            Grids.Encoded([.. Enumerable.Range(0, 12).Select(_ => Grid())]), 12, (_, _) => atOnce, _ => { });
    }

    private static ImageList Good(int first = 0, int count = 20) =>
        new([.. Enumerable.Range(first, count).Select(i => ($"{i}", Part((ulong)i)))]);

    // A gray part under a light that drifts, with noise that all channels share.
    private static Image Part(ulong seed)
    {
        var generator = new SeededGenerator(seed);
        int light = 80 + generator.NextInt32(60);
        return Pictures.Of(Side, Side, (x, y) => light + 30 * (x / 8 % 2) + generator.NextInt32(8));
    }
}
