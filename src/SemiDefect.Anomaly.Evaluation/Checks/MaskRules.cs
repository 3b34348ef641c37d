using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Rules on masks and on files that are not images. Stateless.</summary>
internal static class MaskRules
{
    public static void Apply(
        FolderListing? listing,
        IReadOnlyList<string> unusedMasks,
        List<CheckedImage> images,
        ImageFingerprint?[] fingerprints,
        ImageLimits limits,
        FindingList findings)
    {
        bool hasMasks = images.Any(image => image.Mask is not null);
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i].IsGood)
            {
                continue;
            }

            if (images[i].Mask is { } mask)
            {
                CheckMask(images[i], fingerprints[i], mask, limits, findings);
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

        if (listing is not null)
        {
            CheckStrangers(listing, unusedMasks, findings);
        }
    }

    private static void CheckMask(
        CheckedImage image,
        ImageFingerprint? fingerprint,
        DefectMask mask,
        ImageLimits limits,
        FindingList findings)
    {
        try
        {
            (byte[] values, int width, int height) =
                MaskFile.Read(mask, fingerprint?.Width ?? 1, fingerprint?.Height ?? 1, limits);
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
            else if (mask.Paths.Count > 0 && MaskFile.LooksInverted(values, width, height))
            {
                findings.Add(
                    CheckSeverity.Warning,
                    "inverted_mask",
                    "The mask marks most of the image and its frame: is it inverted? Values above 0 mark defects.",
                    image.Path);
            }
        }
        catch (SemiDefectException error)
        {
            findings.Add(CheckSeverity.Error, "unreadable_mask", error.Message, image.Path);
        }
    }

    private static void CheckStrangers(
        FolderListing listing,
        IReadOnlyList<string> unusedMasks,
        FindingList findings)
    {
        foreach (string mask in unusedMasks)
        {
            findings.Add(
                CheckSeverity.Warning,
                "unused_mask",
                "This mask belongs to no image: its name must be that of the image, with or without _mask.",
                mask);
        }

        foreach (string file in listing.OtherFiles)
        {
            findings.Add(CheckSeverity.Info, "not_an_image", "This file is not an image and is ignored.", file);
        }

        if (listing.PassedOver.Count > 0)
        {
            findings.Add(
                CheckSeverity.Info,
                "passed_over",
                "Hidden files and what systems keep beside images are passed over.",
                listing.PassedOver);
        }
    }
}
