using System.Security.Cryptography;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// Quantizes a float32 backbone to 8 bits, which makes it faster and slightly less accurate. The range of each inner
/// tensor is measured on good images. Weights are quantized per channel (Jacob et al. 2018, "Quantization and Training
/// of Neural Networks for Efficient Integer-Arithmetic-Only Inference"). Stateless.
/// </summary>
public static class BackboneQuantizer
{
    /// <summary>Default number of images for measuring ranges.</summary>
    public const int DefaultImages = 32;

    /// <summary>Default number of images for measuring ranges before a fit, each at every working size.</summary>
    public const int DefaultFitImages = 16;

    // Ranges of larger views are measured in a window of this side, so that all inner tensors fit in memory.
    private const int LargestSide = 512;

    /// <summary>
    /// The options of a fit with its networks quantized, so that the detector computes with 8-bit numbers. Ranges are
    /// measured on good images at all working sizes. Networks that compute with 8-bit numbers already stay as they are.
    /// </summary>
    /// <param name="good">The good images; the ones used are spread evenly over them.</param>
    /// <param name="options">The options of the fit; they must not name an encoder.</param>
    /// <param name="count">The maximum number of images to use.</param>
    /// <param name="progress">
    /// Called twice per image and working size. Called from several threads, one at a time.
    /// </param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <returns>
    /// The options with <see cref="FitOptions.Backbones"/>, and without taps, which the networks say.
    /// </returns>
    /// <exception cref="BackboneException">A network cannot be read or run, or has nothing to quantize.</exception>
    /// <exception cref="SemiDefectException">
    /// An image cannot be read, or the options name an encoder or leave the network out of the file.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static FitOptions QuantizeFor(
        IImageSource good,
        FitOptions options,
        int count = DefaultFitImages,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options.Validate();
        if (options.Encoder is not null || !options.IncludeBackbone)
        {
            throw new SemiDefectException(
                "A network quantized for a fit exists in its detector file only: give no encoder, and do not leave "
                    + "the network out of the file.");
        }

        (IImageSource source, FitOptions surveyed) = GoodImages.Survey(good, options, cancellationToken);
        count = Math.Min(count, source.Count);

        // Turned images have the ranges of upright ones, so turns are not looked for.
        FitOptions sized = AutomaticViews.Choose(
            surveyed with { Turns = options.Turns ?? 0 }, source, cancellationToken);
        var files = new List<BackboneFile>();
        foreach (BackboneFile whole in options.OpenBackbones())
        {
            if (whole.Manifest?.Quantization is not null)
            {
                files.Add(whole);
                continue;
            }

            ViewPlan[] plans = [.. sized.Plans(whole.Input)];
            PreparedView Prepare(int i) => Window(
                source.Read((int)((long)(i / plans.Length) * source.Count / count), cancellationToken),
                plans[i % plans.Length],
                i / plans.Length);
            using var network = new QuantizableNetwork(whole, options);
            string name = $"{whole.Name}-int8";
            (byte[] quantized, BackboneManifest manifest) =
                network.Quantize(name, (count, count * plans.Length), Prepare, progress, cancellationToken);
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(quantized));
            files.Add(BackboneFile.FromBytes(name, quantized, manifest with { Sha256 = sha256 }));
        }

        return options with { Backbones = files, Taps = [] };
    }

    // The views of large images, and the corners of large views, take turns.
    private static PreparedView Window(Image image, ViewPlan plan, int turn)
    {
        InputGeometry origin = plan.Canvas(image.Width, image.Height);
        Image canvas = origin.Cut(image);
        IReadOnlyList<View> views = plan.ToInspect(image.Width, image.Height);
        InputGeometry view = views[turn % views.Count].Geometry;
        int width = Math.Min(LargestSide, view.InputWidth);
        int height = Math.Min(LargestSide, view.InputHeight);
        int left = view.CropLeft - origin.CropLeft + (turn % 2 * (view.InputWidth - width));
        int top = view.CropTop - origin.CropTop + (turn / 2 % 2 * (view.InputHeight - height));
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            canvas.Rgb.Slice(3 * (((top + y) * canvas.Width) + left), 3 * width).CopyTo(rgb.AsSpan(3 * y * width));
        }

        PreprocessingOptions input = plan.Preprocessing;
        return PreparedView.Of(
            new Image(width, height, rgb),
            new PreprocessingOptions(ResizeKind.None, 0, null, input.Mean, input.Deviation));
    }

    /// <summary>Writes NAME.onnx and NAME.json.</summary>
    /// <param name="images">Good images; the ones used are spread evenly over them.</param>
    /// <param name="options">
    /// Network, taps, preprocessing, threads and limits on images; other options are ignored.
    /// </param>
    /// <param name="outputPath">The .onnx file to write.</param>
    /// <param name="count">The maximum number of images to use.</param>
    /// <param name="progress">
    /// Called twice per image: for its ranges, and for the error of its features. Called from several threads, one at a
    /// time.
    /// </param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <returns>
    /// The manifest as written; <see cref="BackboneManifest.Quantization"/> holds the error of the features.
    /// </returns>
    /// <exception cref="BackboneException">The network cannot be read or run, or has nothing to quantize.</exception>
    /// <exception cref="SemiDefectException">An image cannot be read, or a file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled; nothing was written.</exception>
    public static BackboneManifest Quantize(
        ImageFolder images,
        FitOptions options,
        string outputPath,
        int count = DefaultImages,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options.Validate();
        BackboneFile whole = options.OpenBackbones()[0];
        using var network = new QuantizableNetwork(whole, options);
        count = Math.Min(count, images.Items.Count);
        (IImageSource source, _) = GoodImages.Survey(images, options, cancellationToken);
        PreprocessingOptions preprocessing = options.Plans(whole.Input).First().Preprocessing;
        PreparedView Prepare(int i) =>
            PreparedView.Of(
                source.Read((int)((long)i * source.Count / count), cancellationToken),
                preprocessing);
        string name = Path.GetFileNameWithoutExtension(outputPath);
        (byte[] quantized, BackboneManifest manifest) =
            network.Quantize(name, (count, count), Prepare, progress, cancellationToken);
        return BackboneWriter.Write(
            outputPath, stream => stream.Write(quantized), sha256 => manifest with { Sha256 = sha256 });
    }
}
