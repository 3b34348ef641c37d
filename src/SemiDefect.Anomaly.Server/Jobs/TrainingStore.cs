using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>The training images of each model, in DATA/training/MODEL. Thread-safe.</summary>
internal sealed class TrainingStore(ServerOptions options)
{
    /// <summary>The folder of a model's training images; it may not exist.</summary>
    public string Folder(string model) => Path.Combine(options.DataFolder, "training", ModelName.Check(model));

    /// <summary>The names of the images, in ordinal order, and their total size in bytes.</summary>
    public (IReadOnlyList<string> Names, long Bytes) List(string model)
    {
        var folder = new DirectoryInfo(Folder(model));
        FileInfo[] files = folder.Exists
            ? [.. folder.EnumerateFiles().Where(file => ImageFile.HasImageExtension(file.Name))]
            : [];
        return ([.. files.Select(file => file.Name).Order(StringComparer.Ordinal)], files.Sum(file => file.Length));
    }

    /// <summary>
    /// The path of a training image; null if there is none. The name may be a relative path, as in a detector file.
    /// </summary>
    public string? Find(string model, string name)
    {
        string folder = Path.GetFullPath(Folder(model));
        string path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(
            folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal) && ImageFile.HasImageExtension(
            path) && File.Exists(
            path)
            ? path
            : null;
    }

    /// <summary>Adds or replaces an image.</summary>
    public void Put(string model, string name, byte[] bytes)
    {
        string path = Path.Combine(Folder(model), CheckImageName(name));
        long others = List(model).Bytes - (File.Exists(path) ? new FileInfo(path).Length : 0);
        if (others + bytes.Length > options.TrainingBytes)
        {
            throw new ProblemException(
                413,
                "too-large",
                $"The training images of a model may have {options.TrainingBytes} bytes together.");
        }

        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    public void Delete(string model, string name)
    {
        string path = Path.Combine(Folder(model), CheckImageName(name));
        if (!File.Exists(path))
        {
            throw ProblemException.NotFound($"The model '{model}' has no training image '{name}'.");
        }

        File.Delete(path);
    }

    /// <summary>Moves all training images of a model to another folder; without images, it is not created.</summary>
    public void MoveAll(string model, string target)
    {
        if (Directory.Exists(Folder(model)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Directory.Move(Folder(model), target);
        }
    }

    /// <summary>Moves training images back, if there are any.</summary>
    public void MoveBack(string model, string source)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Folder(model))!);
        if (Directory.Exists(Folder(model)))
        {
            // Without images: the caller has checked that.
            Directory.Delete(Folder(model), recursive: true);
        }

        Directory.Move(source, Folder(model));
    }

    /// <summary>Whether there is such a training image.</summary>
    public bool Has(string model, string name) => File.Exists(Path.Combine(Folder(model), CheckImageName(name)));

    private static string CheckImageName(string name) => ImageFile.HasImageExtension(ModelName.Check(name))
        ? name
        : throw ProblemException.Invalid(
            $"The name of a training image must end in one of {string.Join(' ', ImageFile.Extensions)}.");
}
