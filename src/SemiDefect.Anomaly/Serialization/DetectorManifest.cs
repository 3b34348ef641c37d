using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// The header of format 2: a list of components, each with a kind and a version, so that a program can name the
/// components that it does not support. Immutable and thread-safe.
/// </summary>
/// <param name="Engine">The version of the engine that wrote it.</param>
/// <param name="Components">The components; those of one kind in the order of lanes, branches and golden
/// images.</param>
/// <param name="Sections">The positions of the binary data.</param>
internal sealed record DetectorManifest(
    string Engine, IReadOnlyList<DetectorComponent> Components, IReadOnlyList<SectionRecord> Sections)
{
    private const string ViewPlanKind = "view-plan";
    private const string OnnxEncoderKind = "onnx-encoder";
    private const string CustomEncoderKind = "custom-encoder";
    private const string MemoryBankKind = "memory-bank";
    private const string FusionKind = "fusion";
    private const string ThresholdsKind = "thresholds";
    private const string FitKind = "fit";
    private const string GoldenKind = "golden-image";
    private const string ReadingKind = "image-reading";
    private const string WhiteningKind = "whitening";
    private const string ProjectionKind = "projection";
    private const string TuningKind = "tuning";
    private const string PlantedKind = "planted-defects";
    private const string NamesKind = "defect-names";

    private static readonly string[] Kinds =
    [
        ViewPlanKind, OnnxEncoderKind, CustomEncoderKind, MemoryBankKind, FusionKind, ThresholdsKind, FitKind,
        GoldenKind, ReadingKind, ProjectionKind, WhiteningKind, TuningKind, PlantedKind, NamesKind,
    ];

    /// <summary>The manifest of a document.</summary>
    public static DetectorManifest Of(DetectorDocument document)
    {
        DetectorJson json = DetectorJson.Default;
        var components = new List<DetectorComponent>();
        foreach (LaneRecord lane in document.Lanes)
        {
            string[] mask = lane.Views.Region?.MaskSha256 is { } sha256 ? [DetectorFileLayout.Mask(sha256)] : [];

            // An older program would add images without their brightness.
            int version = lane.Views.Brightness is null ? 1 : 2;
            components.Add(Component(ViewPlanKind, lane.Views, json.ViewPlan, mask, version));
            string[] network = lane.Backbone.Included ? [DetectorFileLayout.Network(lane.Backbone.Sha256)] : [];
            var encoder = new EncoderOptions(lane.Backbone, lane.Patches);
            components.Add(Component(
                lane.Backbone.IsCustom ? CustomEncoderKind : OnnxEncoderKind, encoder, json.EncoderOptions, network));
        }

        foreach (ProjectionRecord projection
            in document.Lanes.Select(lane => lane.Projection).OfType<ProjectionRecord>())
        {
            string[] matrix = [DetectorFileLayout.Projection(projection.Lane)];
            components.Add(Component(ProjectionKind, projection, json.ProjectionRecord, matrix));
        }

        foreach (WhiteningRecord whitening in document.Lanes.Select(lane => lane.Whitening).OfType<WhiteningRecord>())
        {
            string[] matrix = [DetectorFileLayout.Whitening(whitening.Lane)];

            // Version 1 has one score.
            int version = whitening.Score == DeviationScore.GeometricMean ? 1 : 2;
            components.Add(Component(WhiteningKind, whitening, json.WhiteningRecord, matrix, version));
        }

        for (int i = 0; i < document.Branches.Count; i++)
        {
            string[] sections =
                [DetectorFileLayout.Vectors(i), DetectorFileLayout.Images(i), DetectorFileLayout.Patches(i)];
            components.Add(Component(MemoryBankKind, document.Branches[i], json.BranchRecord, sections));
        }

        // Version 1 has two rules.
        int fusion = document.Fusion.Rule == FusionRule.SoftMaximum ? 2 : 1;
        components.Add(Component(FusionKind, document.Fusion, json.ScoreFusion, [], fusion));

        // An older program would give two answers where this detector gives three.
        int thresholds = document.Thresholds.Check is null ? 1 : 2;
        components.Add(Component(ThresholdsKind, document.Thresholds, json.DetectorThresholds, [], thresholds));
        components.Add(Component(FitKind, document.Fit, json.FitRecord, []));
        if (document.Reading is { } reading)
        {
            // An older program would read the full range.
            int version = reading.Intensity is null ? 1 : 2;
            components.Add(Component(ReadingKind, reading, json.ReadingRecord, [], version));
        }

        if (document.Tuning is { } tuning)
        {
            components.Add(Component(TuningKind, tuning, json.TuningRecord, []));
        }

        if (document.Planted is { } planted)
        {
            components.Add(Component(PlantedKind, planted, json.PlantedRecord, []));
        }

        if (document.Names is { } names)
        {
            // An older program would name regions by what was learned of whole images.
            int version = names.Whole is null ? 1 : 2;
            components.Add(Component(NamesKind, names, json.NamesRecord, [DetectorFileLayout.Names], version));
        }

        for (int i = 0; i < document.Golden.Count; i++)
        {
            string[] sections =
            [
                .. Enumerable.Range(0, document.Lanes.Count)
                    .SelectMany(lane =>
                        (string[])
                        [
                            DetectorFileLayout.GoldenPixels(i, lane), DetectorFileLayout.GoldenFeatures(i, lane),
                        ]),
                DetectorFileLayout.GoldenScores(i),
            ];
            components.Add(Component(GoldenKind, document.Golden[i], json.GoldenRecord, sections));
        }

        return new DetectorManifest(document.Engine, components, document.Sections);
    }

    /// <summary>The document that the manifest describes.</summary>
    /// <exception cref="SemiDefectException">A component is not supported, or a required one is missing.</exception>
    /// <exception cref="JsonException">The options of a component do not match its kind.</exception>
    public DetectorDocument ToDocument()
    {
        foreach (DetectorComponent component in Components)
        {
            if (!Kinds.Contains(component.Kind, StringComparer.Ordinal))
            {
                throw new SemiDefectException(
                    $"it holds a component of the kind '{component.Kind}', which this program does not know");
            }

            int newest = component.Kind is ThresholdsKind or ViewPlanKind or FusionKind or ReadingKind
                or WhiteningKind or NamesKind ? 2 : 1;
            if (component.Version < 1 || component.Version > newest)
            {
                throw new SemiDefectException(
                    $"it holds a component '{component.Kind}' of version {component.Version}; this program knows "
                        + (newest == 1 ? "version 1" : $"versions 1 to {newest}"));
            }
        }

        DetectorJson json = DetectorJson.Default;
        int[] planVersions =
            [.. Components.Where(component => component.Kind == ViewPlanKind).Select(component => component.Version)];
        ViewPlan[] plans =
        [
            .. All(json.ViewPlan, ViewPlanKind).Zip(
                planVersions, (plan, version) => version == 1 ? plan with { Brightness = null } : plan),
        ];
        EncoderOptions[] encoders = All(json.EncoderOptions, OnnxEncoderKind, CustomEncoderKind);
        bool[] areCustom =
        [
            .. Components.Where(component => component.Kind is OnnxEncoderKind or CustomEncoderKind)
                .Select(component => component.Kind == CustomEncoderKind),
        ];
        if (!encoders.Select(encoder => encoder.Backbone.IsCustom).SequenceEqual(areCustom))
        {
            throw new JsonException("An encoder is not of its component's kind.");
        }

        if (plans.Length != encoders.Length)
        {
            throw new SemiDefectException($"it holds {plans.Length} view plans and {encoders.Length} encoders");
        }

        WhiteningRecord[] whitenings = ReadWhitenings();
        if (whitenings.DistinctBy(whitening => whitening.Lane).Count() != whitenings.Length
            || whitenings.Any(whitening => (uint)whitening.Lane >= (uint)plans.Length))
        {
            throw new JsonException("A whitening is not of a lane of its own.");
        }

        ProjectionRecord[] projections = All(json.ProjectionRecord, ProjectionKind);
        if (projections.DistinctBy(projection => projection.Lane).Count() != projections.Length
            || projections.Any(projection => (uint)projection.Lane >= (uint)plans.Length))
        {
            throw new JsonException("A projection is not of a lane of its own.");
        }

        return new DetectorDocument
        {
            Engine = Engine,
            Lanes =
            [
                .. encoders.Zip(plans, (encoder, plan) => new LaneRecord(encoder.Backbone, plan, encoder.Patches))
                    .Select((lane, i) => lane with
                    {
                        Projection = projections.FirstOrDefault(projection => projection.Lane == i),
                        Whitening = whitenings.FirstOrDefault(whitening => whitening.Lane == i),
                    }),
            ],
            Branches = All(json.BranchRecord, MemoryBankKind),
            Fusion = ReadFusion(),
            Thresholds = Components.Any(component => component is { Kind: ThresholdsKind, Version: 1 })
                ? One(json.DetectorThresholds, ThresholdsKind).WithoutCheck()
                : One(json.DetectorThresholds, ThresholdsKind),
            Fit = One(json.FitRecord, FitKind),
            Reading = ReadReading(),
            Tuning = OneOrNone(json.TuningRecord, TuningKind),
            Planted = OneOrNone(json.PlantedRecord, PlantedKind),
            Names = ReadNames(),
            Golden = All(json.GoldenRecord, GoldenKind),
            Sections = Sections,
        };
    }

    private ReadingRecord? ReadReading()
    {
        bool isFirst = Components.Any(component => component is { Kind: ReadingKind, Version: 1 });
        ReadingRecord? reading = OneOrNone(DetectorJson.Default.ReadingRecord, ReadingKind);
        return isFirst && reading is not null ? reading with { Intensity = null } : reading;
    }

    private WhiteningRecord[] ReadWhitenings()
    {
        IEnumerable<DetectorComponent> components = Components.Where(component => component.Kind == WhiteningKind);
        return
        [
            .. All(DetectorJson.Default.WhiteningRecord, WhiteningKind).Zip(components, (whitening, component) =>
                component.Version == 1 ? whitening with { Score = default } : whitening),
        ];
    }

    private NamesRecord? ReadNames()
    {
        bool isFirst = Components.Any(component => component is { Kind: NamesKind, Version: 1 });
        NamesRecord? names = OneOrNone(DetectorJson.Default.NamesRecord, NamesKind);
        return isFirst && names is not null ? names with { Whole = null } : names;
    }

    private ScoreFusion ReadFusion()
    {
        ScoreFusion fusion = One(DetectorJson.Default.ScoreFusion, FusionKind);
        bool isFirst = Components.Any(component => component is { Kind: FusionKind, Version: 1 });
        return isFirst && fusion.Rule == FusionRule.SoftMaximum
            ? throw new JsonException("Version 1 of the fusion has no soft maximum.")
            : fusion;
    }

    private static DetectorComponent Component<T>(
        string kind, T options, JsonTypeInfo<T> type, string[] sections, int version = 1) =>
        new(kind, version, JsonSerializer.SerializeToElement(options, type), sections);

    private T One<T>(JsonTypeInfo<T> type, string kind) => All(type, kind) is [{ } only]
        ? only
        : throw new SemiDefectException($"it must hold one component '{kind}'");

    private T? OneOrNone<T>(JsonTypeInfo<T> type, string kind)
        where T : class => Components.Any(component => component.Kind == kind) ? One(type, kind) : null;

    private T[] All<T>(JsonTypeInfo<T> type, params string[] kinds) =>
    [
        .. Components.Where(component => kinds.Contains(component.Kind, StringComparer.Ordinal))
            .Select(component =>
                component.Options.Deserialize(type) ?? throw new JsonException($"'{component.Kind}' is empty.")),
    ];
}

/// <summary>A component of a detector in a file. Immutable and thread-safe.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Version">The version of the options, starting at 1.</param>
/// <param name="Options">The options; their meaning depends on the kind.</param>
/// <param name="Sections">The names of its sections.</param>
internal sealed record DetectorComponent(string Kind, int Version, JsonElement Options, IReadOnlyList<string> Sections);

/// <summary>The options of an encoder component. Immutable and thread-safe.</summary>
/// <param name="Backbone">The network.</param>
/// <param name="Patches">How its maps are pooled into patch vectors.</param>
internal sealed record EncoderOptions(BackboneRecord Backbone, PatchOptions Patches);

/// <summary>The position of a section in a detector file.</summary>
/// <param name="Name">backbone, or bank.N.vectors, bank.N.images, bank.N.patches, golden.N.pixels, golden.N.features,
/// golden.N.scores.</param>
/// <param name="Offset">Bytes from the start of the data part, a multiple of 64.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, hexadecimal.</param>
internal sealed record SectionRecord(string Name, long Offset, long Length, string Sha256);
