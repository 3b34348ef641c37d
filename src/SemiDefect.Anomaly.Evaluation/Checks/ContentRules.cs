namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Rules on the content of images: formats, copies, sizes, depths, colors. Stateless.</summary>
internal static class ContentRules
{
    public static void Apply(
        List<CheckedImage> images,
        ImageFingerprint?[] fingerprints,
        FindingList findings,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < images.Count; i++)
        {
            if (fingerprints[i] is { } image && !Fits(Path.GetExtension(images[i].Path), image.Format))
            {
                findings.Add(
                    CheckSeverity.Info,
                    "wrong_extension",
                    $"The file is a {image.Format} by its content, unlike its extension; it is read anyway.",
                    images[i].Path);
            }
        }

        AddCopies(images, fingerprints, findings, cancellationToken);
        AddMixed(
            images,
            fingerprints,
            findings,
            "mixed_sizes",
            CheckSeverity.Info,
            "sizes",
            image => $"{image.Width} x {image.Height}");
        AddMixed(
            images,
            fingerprints,
            findings,
            "mixed_depths",
            CheckSeverity.Warning,
            "depths",
            image => $"{image.BitDepth} bit");
        AddMixed(
            images,
            fingerprints,
            findings,
            "mixed_colors",
            CheckSeverity.Warning,
            "kinds of color",
            image => image.IsGray ? "gray" : "color");
    }

    private static bool Fits(string extension, string format) => format switch
    {
        "dicom" => extension.ToLowerInvariant() is ".dcm" or ".dicom",
        "jpeg" => extension.ToLowerInvariant() is ".jpg" or ".jpeg" or ".jpe" or ".jfif",
        "tiff" =>
            extension.Equals(".tif", StringComparison.OrdinalIgnoreCase)
                || extension.Equals(".tiff", StringComparison.OrdinalIgnoreCase),
        _ => extension.Equals($".{format}", StringComparison.OrdinalIgnoreCase),
    };

    private static void AddCopies(
        List<CheckedImage> images,
        ImageFingerprint?[] fingerprints,
        FindingList findings,
        CancellationToken cancellationToken)
    {
        (List<(int, int)> copies, List<(int, int)> nearCopies) = DuplicateFinder.Find(fingerprints, cancellationToken);
        foreach ((int first, int second) in copies)
        {
            AddPair(images[first], images[second], "", "the same image twice", findings);
        }

        foreach ((int first, int second) in nearCopies)
        {
            AddPair(images[first], images[second], "near_", "almost the same image twice", findings);
        }
    }

    private static void AddPair(
        CheckedImage first,
        CheckedImage second,
        string prefix,
        string what,
        FindingList findings)
    {
        if (first.Type != second.Type)
        {
            findings.Add(
                prefix.Length == 0 ? CheckSeverity.Error : CheckSeverity.Warning,
                $"{prefix}conflict",
                $"This is {what}, once as '{first.Type}' and once as '{second.Type}': decide which label is right.",
                first.Path,
                second.Path);
        }
        else if (first.IsTraining != second.IsTraining)
        {
            findings.Add(
                CheckSeverity.Warning,
                $"{prefix}leak",
                $"This is {what}, once for training and once for testing: the figures will be too optimistic. Remove "
                    + "one.",
                first.Path,
                second.Path);
        }
        else
        {
            findings.Add(
                CheckSeverity.Info,
                prefix.Length == 0 ? "duplicate" : "near_duplicate",
                $"This is {what}: it counts twice.",
                first.Path,
                second.Path);
        }
    }

    private static void AddMixed(
        List<CheckedImage> images,
        ImageFingerprint?[] fingerprints,
        FindingList findings,
        string code,
        CheckSeverity severity,
        string what,
        Func<ImageFingerprint, string> trait)
    {
        IGrouping<string, int>[] groups =
        [
            .. Enumerable.Range(0, images.Count).Where(i => fingerprints[i] is not null)
                .GroupBy(i => trait(fingerprints[i]!))
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key, StringComparer.Ordinal),
        ];
        if (groups.Length < 2)
        {
            return;
        }

        const int Shown = 4;
        string list = string.Join(", ", groups.Take(Shown).Select(group => $"{group.Key} ({group.Count()})"))
            + (groups.Length > Shown ? ", ..." : "");

        // Name the images of the rare kinds, unless there are too many.
        string[] odd = [.. groups.Skip(1).SelectMany(group => group).Order().Select(i => images[i].Path)];
        findings.Add(
            severity,
            code,
            $"The images have {groups.Length} {what}: {list}. A detector treats them all alike.",
            odd.Length <= images.Count / 10 ? odd : []);
    }
}
