using System.Runtime.Versioning;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode ReadOnly =
        UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_failed_write_leaves_only_the_old_file()
    {
        AtomicFile.WriteText(_folder.File("a.txt"), "old");
        Assert.Throws<SemiDefectException>(() => AtomicFile.Write(_folder.File("a.txt"), stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left.");
        }));
        Assert.Equal("old", File.ReadAllText(_folder.File("a.txt")));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_pipe_a_socket_or_a_device_is_not_replaced_by_a_file()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using (System.Diagnostics.Process maker = System.Diagnostics.Process.Start("mkfifo", _folder.File("pipe")))
        {
            await maker.WaitForExitAsync();
        }

        File.CreateSymbolicLink(_folder.File("null"), "/dev/null");
        File.CreateSymbolicLink(_folder.File("link"), _folder.File("pipe"));
        foreach (string name in new[] { "pipe", "null", "link" })
        {
            SemiDefectException error = Assert.Throws<SemiDefectException>(
                () => AtomicFile.WriteText(_folder.File(name), "new"));
            Assert.Contains("it is a pipe, a socket or a device", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
        AtomicFile.WriteText(_folder.File("empty"), "");
        AtomicFile.WriteText(_folder.File("empty"), "new");
        Assert.Equal("new", await File.ReadAllTextAsync(_folder.File("empty")));
    }

    [Fact]
    public void The_old_file_remains_until_the_new_one_is_complete()
    {
        AtomicFile.WriteText(_folder.File("a.txt"), "old");
        AtomicFile.Write(
            _folder.File("a.txt"),
            stream => stream.Write("new"u8),
            beforeReplacing: () => Assert.Equal("old", File.ReadAllText(_folder.File("a.txt"))));
        Assert.Equal("new", File.ReadAllText(_folder.File("a.txt")));
    }

    [Fact]
    public void Files_of_a_killed_writer_are_deleted_and_others_remain()
    {
        string abandoned = TemporaryName.Next(_folder.File("a.txt"));
        string ofAnotherFile = TemporaryName.Next(_folder.File("b.txt"));
        string alive = TemporaryName.Next(_folder.File("a.txt"));
        string[] strangers =
        [
            "a.txt.tmp", "a.txt.12345678-1234.tmp", "notes.tmp", "a.txt.ABCDEF12-0123456789abcdef0123456789abcdef.tmp"
        ];
        File.WriteAllText(abandoned, "half");
        File.WriteAllText(ofAnotherFile, "half");
        foreach (string stranger in strangers)
        {
            File.WriteAllText(_folder.File(stranger), "mine");
        }

        using (new FileStream(alive, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete))
        {
            AtomicFile.WriteText(_folder.File("a.txt"), "new");
            Assert.False(File.Exists(abandoned));
            Assert.False(File.Exists(ofAnotherFile));
            Assert.True(File.Exists(alive));
            Assert.All(strangers, stranger => Assert.True(File.Exists(_folder.File(stranger)), stranger));
        }
    }

    [Fact]
    public void Another_machines_temporary_file_is_left_alone_for_two_days()
    {
        string young = _folder.File("a.txt.00000000-0123456789abcdef0123456789abcdef.tmp");
        string old = _folder.File("a.txt.00000000-1123456789abcdef0123456789abcdef.tmp");
        File.WriteAllText(young, "half");
        File.WriteAllText(old, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-3));
        AtomicFile.WriteText(_folder.File("a.txt"), "new");
        Assert.True(File.Exists(young));
        Assert.False(File.Exists(old));
    }

    [Fact]
    public void Many_writers_of_one_name_leave_one_whole_file()
    {
        string[] texts = [.. Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 100_000))];
        Parallel.For(0, 200, i => AtomicFile.WriteText(_folder.File("a.txt"), texts[i % texts.Length]));
        Assert.Contains(File.ReadAllText(_folder.File("a.txt")), texts);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Another_process_that_cleans_up_does_not_stop_a_writer()
    {
        // Each name of a folder is searched once.
        using var done = new CancellationTokenSource();
        var cleaner = new Thread(() =>
        {
            for (int round = 1; !done.IsCancellationRequested; round++)
            {
                TemporaryName.DeleteAbandoned(
                    _folder.Path + string.Concat(Enumerable.Repeat("/.", round % 1000)) + new string(
                        '/', round / 1000));
            }
        });
        cleaner.Start();
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                AtomicFile.WriteText(_folder.File("a.txt"), "new");
            }
        }
        finally
        {
            done.Cancel();
            cleaner.Join();
        }

        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [UnprivilegedFact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_written_to_is_named_and_stays_as_it_was()
    {
        AtomicFile.WriteText(_folder.File("a.txt"), "old");
        File.SetUnixFileMode(_folder.Path, ReadOnly);
        try
        {
            using var thread = new UnprivilegedThread();
            SemiDefectException error =
                Assert.Throws<SemiDefectException>(() => AtomicFile.WriteText(_folder.File("a.txt"), "new"));
            Assert.Contains("Cannot write", error.Message, StringComparison.Ordinal);
            Assert.Contains("denied", error.Message, StringComparison.Ordinal);
            Assert.Equal("old", File.ReadAllText(_folder.File("a.txt")));
        }
        finally
        {
            File.SetUnixFileMode(_folder.Path, ReadOnly | UnixFileMode.UserWrite);
        }

        Assert.Single(Directory.GetFiles(_folder.Path));
    }
}
