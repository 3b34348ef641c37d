using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// The masks among the images of a folder, and the images that they belong to. A mask lies in a folder called after
/// masks, or beside its image with a name that ends like one. Not thread-safe.
/// </summary>
internal sealed class MaskIndex
{
    private readonly List<DatasetPath> _masks = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DatasetPath>> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DatasetPath>> _anyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<DatasetPath>> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DatasetPath>> _foldersAnyCase = new(StringComparer.OrdinalIgnoreCase);

    private MaskIndex()
    {
    }

    /// <summary>The number of mask files.</summary>
    public int Count => _masks.Count;

    /// <summary>Whether masks of one image lie in a folder of their own, and are joined.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>Whether masks lie beside their images with the same name, as PNG beside JPEG.</summary>
    public bool HasTwins { get; private init; }

    /// <summary>The relative paths of masks that belong to no image asked for.</summary>
    public IReadOnlyList<string> Unused =>
        [.. _masks.Select(mask => mask.File).Where(mask => !_used.Contains(mask.FullPath))
            .Select(mask => mask.RelativePath)];

    /// <summary>Tells masks from images.</summary>
    public static (IReadOnlyList<DatasetPath> Images, MaskIndex Masks) Split(IReadOnlyList<FolderImage> files)
    {
        DatasetPath[] paths = [.. files.Select(file => new DatasetPath(file))];
        HashSet<string> besides = new(
            paths.Where(path => !path.HasMaskEnding).Select(path => path.Beside), StringComparer.OrdinalIgnoreCase);
        HashSet<DatasetPath> twins = MasksOfJpegs(paths);
        var images = new List<DatasetPath>(paths.Length);
        var masks = new MaskIndex { HasTwins = twins.Count > 0 };
        foreach (DatasetPath path in paths)
        {
            bool isMask = path.Folders.Any(FolderWords.IsMasks)
                || (path.HasMaskEnding && besides.Contains(path.Beside))
                || twins.Contains(path);
            if (isMask)
            {
                masks.Add(path);
            }
            else
            {
                images.Add(path);
            }
        }

        return (images, masks);
    }

    /// <summary>The mask of each image, or null.</summary>
    public IReadOnlyList<DefectMask?> Match(IReadOnlyList<DatasetPath> images)
    {
        // Masks in one flat folder have only the name of their image in common, so it must be that of one image.
        HashSet<string> unique =
        [
            .. images.GroupBy(image => image.Stem, StringComparer.OrdinalIgnoreCase)
                .Where(group => group.Count() == 1)
                .Select(group => group.First().Stem)
        ];
        var result = new DefectMask?[images.Count];
        for (int i = 0; i < result.Length; i++)
        {
            List<DatasetPath>? found = Find(images[i].Key)
                ?? (unique.Contains(images[i].Stem) ? Find(images[i].Stem) : null);
            if (found is not null)
            {
                _used.UnionWith(found.Select(mask => mask.File.FullPath));
                result[i] = new DefectMask([.. found.Select(mask => mask.File.FullPath)]);
            }
        }

        return result;
    }

    /// <summary>
    /// Refuses a folder whose name may mean masks and may be a type of defect, if no mask in it belongs to an image.
    /// </summary>
    public void RefuseUnclear()
    {
        foreach (IGrouping<string, DatasetPath> folder
            in _masks.Where(mask => mask.Folders.Any(FolderWords.MayBeType))
                .GroupBy(mask => string.Join('/', mask.Folders), StringComparer.Ordinal))
        {
            if (!folder.Any(mask => _used.Contains(mask.File.FullPath)))
            {
                throw new SemiDefectException(
                    $"The folder '{folder.Key}' may hold masks or images, and none of its files has the name of an "
                        + "abnormal image: rename it to ground_truth, or to what it shows.");
            }
        }
    }

    // In Real-IAD, x.png is the mask of x.jpg. Only so if all PNG files have such a twin, and none of them is good.
    private static HashSet<DatasetPath> MasksOfJpegs(DatasetPath[] paths)
    {
        HashSet<string> jpegs =
        [
            .. paths.Where(path => Path.GetExtension(path.File.RelativePath).ToLowerInvariant() is ".jpg" or ".jpeg")
                .Select(path => path.Beside)
        ];
        DatasetPath[] pngs =
        [
            .. paths.Where(path => path.File.RelativePath.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        ];
        return Array.TrueForAll(
            pngs,
            path => jpegs.Contains(path.Beside)
                && !path.Folders.Any(folder => LabelWords.Of(folder) == LabelMeaning.Good))
            ? [.. pngs]
            : [];
    }

    private void Add(DatasetPath mask)
    {
        _masks.Add(mask);
        AddTo(_keys, mask.Key, mask);
        AddTo(_anyCase, mask.Key, mask);
        AddTo(_folders, mask.FolderKey, mask);
        AddTo(_foldersAnyCase, mask.FolderKey, mask);
    }

    private static void AddTo(Dictionary<string, List<DatasetPath>> index, string key, DatasetPath mask)
    {
        if (!index.TryGetValue(key, out List<DatasetPath>? masks))
        {
            index.Add(key, masks = []);
        }

        masks.Add(mask);
    }

    /// <summary>
    /// A name that matches exactly comes before one that differs in case, and _mask before the same name.
    /// </summary>
    private List<DatasetPath>? Find(string key)
    {
        if ((One(_keys, key) ?? One(_anyCase, key)) is { } mask)
        {
            return [mask];
        }

        if ((_folders.GetValueOrDefault(key) ?? _foldersAnyCase.GetValueOrDefault(key)) is { } several)
        {
            HasJoined = true;
            return several;
        }

        return null;
    }

    private static DatasetPath? One(Dictionary<string, List<DatasetPath>> index, string key) =>
        index.GetValueOrDefault(key) is { } masks
            ? masks.FirstOrDefault(mask => mask.HasMaskEnding) ?? masks[0]
            : null;
}
