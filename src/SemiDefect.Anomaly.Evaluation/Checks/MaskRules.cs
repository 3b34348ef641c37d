using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Rules on masks and on files that are not images. Stateless.</summary>
internal static class MaskRules
{
    public static void Apply(
        string root,
        List<CheckedImage> images,
        ImageFingerprint?[] fingerprints,
        ImageLimits limits,
        FindingList findings)
    {
        bool hasMasks = images.Any(image => image.MaskPath is not null);
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i].IsGood)
            {
                continue;
            }

            if (images[i].MaskPath is { } maskPath)
            {
                CheckMask(images[i], fingerprints[i], maskPath, limits, findings);
            }
            else if (hasMasks)
            {
                findings.Add(
                    CheckSeverity.Warning,
                    "missing_mask",
                    "An abnormal image has no mask, unlike others: its pixels will not be evaluated.",
                    images[i].Path);
            }
        }

        if (Directory.Exists(root))
        {
            CheckStrangers(root, images, findings);
        }
    }

    private static void CheckMask(
        CheckedImage image,
        ImageFingerprint? fingerprint,
        string maskPath,
        ImageLimits limits,
        FindingList findings)
    {
        try
        {
            (byte[] values, int width, int height) = MaskFile.Read(maskPath, limits);
            if (fingerprint is not null && (width != fingerprint.Width || height != fingerprint.Height))
            {
                findings.Add(
                    CheckSeverity.Warning,
                    "mask_size",
                    $"The mask is {width} x {height}, its image {fingerprint.Width} x {fingerprint.Height}: it will be "
                        + "resized.",
                    image.Path);
            }

            if (!values.AsSpan().ContainsAnyExcept((byte)0))
            {
                findings.Add(
                    CheckSeverity.Warning,
                    "empty_mask",
                    "Nothing is marked in the mask of an abnormal image.",
                    image.Path);
            }
        }
        catch (SemiDefectException error)
        {
            findings.Add(CheckSeverity.Error, "unreadable_mask", error.Message, image.Path);
        }
    }

    private static void CheckStrangers(string root, List<CheckedImage> images, FindingList findings)
    {
        HashSet<string> known =
            [.. images.Select(image => image.FullPath), .. images.Select(image => image.MaskPath).OfType<string>()];
        string masks = Path.Combine(root, MvtecDataset.MasksFolder) + Path.DirectorySeparatorChar;
        IEnumerable<string> files;
        try
        {
            files = Directory.EnumerateFiles(
                root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
                .Order(StringComparer.Ordinal).ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (string file in files)
        {
            string shown = Path.GetRelativePath(root, file).Replace('\\', '/');
            if (known.Contains(file) || shown.Split('/').Any(part => part.StartsWith('.')))
            {
                continue;
            }

            if (file.StartsWith(masks, StringComparison.Ordinal) && ImageFolder.IsImagePath(file))
            {
                findings.Add(
                    CheckSeverity.Warning,
                    "unused_mask",
                    "This mask belongs to no image: its name must be that of the image, with or without _mask.",
                    shown);
            }
            else if (!ImageFolder.IsImagePath(file))
            {
                findings.Add(CheckSeverity.Info, "not_an_image", "This file is not an image and is ignored.", shown);
            }
        }
    }
}
