using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Turns files of wafer maps into pictures that detectors read: one PNG for each map, in the same folders. Stateless.
/// </summary>
public static class WaferPictures
{
    private const string Ending = ".png";

    /// <summary>
    /// Writes the pictures. All files are read before the first picture is written, so that nothing is written where
    /// one of them is not understood.
    /// </summary>
    /// <param name="input">
    /// A file of maps, or a folder: all files in it and below that end like <see cref="WaferMapFile.Extensions"/>.
    /// </param>
    /// <param name="folder">
    /// The target folder; created if it is missing. A map with a label is written to a folder of its name.
    /// </param>
    /// <param name="view">What is shown.</param>
    /// <param name="side">The width and height of the pictures (<see cref="WaferRenderer.Render"/>).</param>
    /// <param name="progress">Receives a report after every file, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between files; pictures already written are kept.</param>
    /// <returns>The number of pictures.</returns>
    /// <exception cref="SemiDefectException">
    /// There is no map, a file is not understood, two maps would give the same picture, or the target cannot be used.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static int Write(
        string input,
        string folder,
        WaferView view = WaferView.Density,
        int side = WaferRenderer.DefaultSide,
        IProgress<SampleProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (string root, string[] files) = FilesOf(input);
        RequireApart(root, folder, isFolder: Directory.Exists(input));
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (NamedWaferMap map in WaferMapFile.Read(Path.Combine(root, file)))
            {
                if (!own.Add(PathOf(file, map)))
                {
                    throw new SemiDefectException(
                        $"Two maps of '{input}' would both become '{PathOf(file, map)}': rename '{file}'.");
                }
            }
        }

        SampleFiles.RefuseOthers(folder, own, ImageFile.HasImageExtension);
        for (int i = 0; i < files.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (NamedWaferMap map in WaferMapFile.Read(Path.Combine(root, files[i])))
            {
                Image picture = WaferRenderer.Render(map.Map, view, side);
                AtomicFile.Write(
                    Path.Combine(folder, PathOf(files[i], map)),
                    stream => PngWriter.Write(stream, picture.Width, picture.Height, 3, picture.Rgb));
            }

            progress?.Report(new SampleProgress(i + 1, files.Length));
        }

        return own.Count;
    }

    private static (string Root, string[] Files) FilesOf(string input)
    {
        string full = Path.GetFullPath(input);
        if (File.Exists(full))
        {
            return (Path.GetDirectoryName(full)!, [Path.GetFileName(full)]);
        }

        if (!Directory.Exists(full))
        {
            throw new SemiDefectException($"'{input}' does not exist (resolved to '{full}'). Check the path.");
        }

        var listing = FolderListing.Read(full);
        if (listing.UnreadableFolders is [var unreadable, ..])
        {
            throw new SemiDefectException(
                $"The folder '{Path.Combine(full, unreadable)}' cannot be read. Check its permissions.");
        }

        string[] files =
        [
            .. listing.Images.Select(image => image.RelativePath)
                .Concat(listing.OtherFiles)
                .Where(WaferMapFile.HasExtension)
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? (full, files)
            : throw new SemiDefectException(
                $"No wafer map lies in '{input}' or below it (looked for "
                    + $"{string.Join(' ', WaferMapFile.Extensions)}).");
    }

    // Pictures among the maps would be read as maps the next time.
    private static void RequireApart(string root, string folder, bool isFolder)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string source = Path.TrimEndingDirectorySeparator(root);
        if (isFolder
            && (target + Path.DirectorySeparatorChar).StartsWith(
                source + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new SemiDefectException(
                $"The pictures cannot be written to '{folder}' in the folder of the maps: choose a folder beside it.");
        }
    }

    private static string PathOf(string file, NamedWaferMap map)
    {
        string parent = file[..(file.LastIndexOf('/') + 1)];
        return parent + (map.Label is null ? string.Empty : $"{map.Label}/") + map.Name + Ending;
    }
}
