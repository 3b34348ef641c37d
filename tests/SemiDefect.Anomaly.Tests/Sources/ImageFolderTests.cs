using CsCheck;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Sources;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_are_listed_in_ordinal_order()
    {
        // '-' < '/' < '0': sorting names folder by folder gives another order.
        string[] expected =
        [
            "B.png", "a b/1 2.JPG", "a-b.png", "a.tif", "a/b.png", "a/b/c.BMP", "a0.webp", "b.TIFF", "결함/양품 1.jpeg",
            "결함/양품 2.jpeg"
        ];
        Gen.ULong.Sample(
            seed =>
            {
                using var folder = new TemporaryFolder();
                string[] shuffled = [.. expected, "notes.txt", "a/b.png.bak", "png"];
                new SeededGenerator(seed).Shuffle<string>(shuffled);
                EmptyFiles.Make(folder, shuffled);
                ImageFolder listed = ImageFolder.Open(folder.Path);
                Assert.Equal(expected, listed.Items.Select(item => item.RelativePath));
                Assert.All(
                    listed.Items,
                    item =>
                        Assert.Equal(
                            Path.Combine(folder.Path, item.RelativePath.Replace('/', Path.DirectorySeparatorChar)),
                            item.FullPath));
                Assert.Empty(listed.UnreadableFolders);
            },
            iter: 20);
    }

    [Fact]
    public void Hidden_files_and_folders_are_left_out_but_a_hidden_root_is_not()
    {
        EmptyFiles.Make(_folder, ".data/good/1.png", ".data/good/._1.png", ".data/.thumbnails/1.png");
        Assert.Equal(["good/1.png"], Paths(_folder.File(".data")));
    }

    [Fact]
    public void What_systems_keep_beside_images_is_passed_over_and_told()
    {
        EmptyFiles.Make(
            _folder,
            "1.png",
            "@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg",
            "#recycle/2.png",
            "$RECYCLE.BIN/3.png",
            "__MACOSX/4.png",
            "a/@EADIR/5.png",
            "a/.ipynb_checkpoints/6.png",
            "a/Thumbs.db",
            "a/._7.png",
            "a/7.png",
            "a/notes.txt");
        Assert.Equal(["1.png", "a/7.png"], Paths(_folder.Path));
        FolderListing listing = FolderListing.Read(_folder.Path);
        Assert.Equal(
            [
                "#recycle", "$RECYCLE.BIN", "@eaDir", "__MACOSX", "a/._7.png", "a/.ipynb_checkpoints", "a/@EADIR",
                "a/Thumbs.db"
            ],
            listing.PassedOver);
        Assert.Equal(["a/notes.txt"], listing.OtherFiles);
        Assert.Equal(["a"], listing.Folders);
    }

    [Fact]
    public void Rare_names_of_JPEG_and_TIFF_are_images()
    {
        EmptyFiles.Make(_folder, "a.jfif", "b.JPE", "c.tif", "d.gif");
        Assert.Equal(["a.jfif", "b.JPE", "c.tif"], Paths(_folder.Path));
    }

    [Fact]
    public void A_relative_path_and_a_trailing_separator_are_understood()
    {
        EmptyFiles.Make(_folder, "x/1.png");
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, _folder.File("x"));
        Assert.Equal(["1.png"], Paths(relative));
        Assert.Equal(["1.png"], Paths(_folder.File("x") + Path.DirectorySeparatorChar));
    }

    [Fact]
    public void Missing_folders_files_and_folders_without_images_are_refused_with_a_reason()
    {
        EmptyFiles.Make(_folder, "empty/readme.txt", "image.png");
        Assert.Contains("no folder", Refusal(_folder.File("missing")), StringComparison.Ordinal);
        Assert.Contains(_folder.File("missing"), Refusal(_folder.File("missing")), StringComparison.Ordinal);
        Assert.Contains("is a file", Refusal(_folder.File("image.png")), StringComparison.Ordinal);
        Assert.Contains(
            ".bmp .dcm .dicom .jfif .jpe .jpeg .jpg .png .tif .tiff .webp",
            Refusal(_folder.File("empty")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_followed_once_and_loops_end()
    {
        EmptyFiles.Make(_folder, "root/real/1.png", "outside/2.png", "outside/deep/3.png");
        Link("root/a-link-to-real", "root/real");
        Link("root/real/loop", "root");
        Link("root/real/self", "root/real");
        Link("root/other", "outside");
        Link("root/via", "root");
        Directory.CreateSymbolicLink(
            _folder.File("outside/deep/back"), Path.Combine("..", "..", "root", "via", "other", "deep"));
        Directory.CreateSymbolicLink(_folder.File("root/dangling"), _folder.File("nowhere"));
        Assert.Equal(["other/2.png", "other/deep/3.png", "real/1.png"], Paths(_folder.File("root")));
    }

    [Fact]
    public void A_link_that_contains_itself_is_left_out()
    {
        EmptyFiles.Make(_folder, "1.png");
        Directory.CreateSymbolicLink(_folder.File("a"), _folder.File("b"));
        Directory.CreateSymbolicLink(_folder.File("b"), _folder.File("a"));
        Directory.CreateSymbolicLink(_folder.File("c"), Path.Combine(_folder.File("c"), "d"));
        Assert.Equal(["1.png"], Paths(_folder.Path));
    }

    [Fact]
    public void A_linked_image_is_an_image()
    {
        EmptyFiles.Make(_folder, "good/1.png");
        File.CreateSymbolicLink(_folder.File("good/2.png"), _folder.File("good/1.png"));
        Assert.Equal(["1.png", "2.png"], Paths(_folder.File("good")));
    }

    [UnprivilegedFact]
    public void Folders_that_cannot_be_read_are_named()
    {
        EmptyFiles.Make(_folder, "good/1.png", "locked/2.png", "only/locked/3.png");
        string[] locked = [_folder.File("locked"), _folder.File("only/locked")];
        SetMode(locked, UnixFileMode.None);
        SetMode(
            [_folder.Path],
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        try
        {
            using var thread = new UnprivilegedThread();
            Assert.Equal(["locked", "only/locked"], ImageFolder.Open(_folder.Path).UnreadableFolders);
            Assert.Equal(["good/1.png"], Paths(_folder.Path));
            Assert.Contains("'locked'", Refusal(_folder.File("only")), StringComparison.Ordinal);
            Assert.Contains("cannot be read", Refusal(locked[0]), StringComparison.Ordinal);
        }
        finally
        {
            SetMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string[] Paths(string folder) =>
        [.. ImageFolder.Open(folder).Items.Select(item => item.RelativePath)];

    private static string Refusal(string folder)
    {
        string message = Assert.Throws<SemiDefectException>(() => ImageFolder.Open(folder)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static void SetMode(string[] folders, UnixFileMode mode)
    {
        foreach (string folder in folders)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder, mode);
            }
        }
    }

    private void Link(string from, string to) => Directory.CreateSymbolicLink(_folder.File(from), _folder.File(to));
}
