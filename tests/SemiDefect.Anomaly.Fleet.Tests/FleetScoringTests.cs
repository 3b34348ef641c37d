using System.Security.Cryptography;
using System.Text;
using NATS.Client.Core;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Inspecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;
using SemiDefect.Anomaly.Fleet.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class FleetScoringTests
{
    [NatsFact]
    public async Task Results_come_in_order_once_each_from_several_workers()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        FleetImage[] images = fleet.WriteImages(1500);
        for (int i = 0; i < 3; i++)
        {
            _ = fleet.Work(fleet.WorkerOptions($"w{i}"), _ => new EmptyDetector(FleetSetup.Fingerprint));
        }

        List<FleetInspection> results = await fleet.ScoreAsync(model, images);
        Assert.Equal(Enumerable.Range(0, images.Length), results.Select(result => result.Index));
        Assert.Equal(images.Select(image => image.Name), results.Select(result => result.Name));
        Assert.Equal(
            images.Select(image => (double)new FileInfo(image.Path).Length), results.Select(result => result.Score));
        Assert.All(results, result => Assert.Equal(model.Fingerprint, result.Model));
        Assert.True(results.Select(result => result.Worker).Distinct().Count() > 1);
        FleetStatus status = await FleetStatus.ReadAsync(fleet.Connection, 10, fleet.Token);

        // The last acknowledgments may still be on their way.
        for (int i = 0; i < 100 && status.Taken > 0; i++)
        {
            await Task.Delay(50);
            status = await FleetStatus.ReadAsync(fleet.Connection, 10, fleet.Token);
        }

        Assert.Equal((0, 0, 0, 0), (status.Waiting, status.Taken, status.Results, status.Dead));
        Assert.Contains("semidefect_fleet_workers 3\n", status.ToPrometheus(), StringComparison.Ordinal);
    }

    [NatsFact]
    public async Task An_image_that_cannot_be_read_is_a_result_and_a_dead_letter()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        FleetImage[] images = fleet.WriteImages(3);
        _ = fleet.Work(
            fleet.WorkerOptions("w"),
            _ => new EmptyDetector(FleetSetup.Fingerprint)
            {
                Before = task =>
                {
                    if (task.Index == 1)
                    {
                        throw new SemiDefectException("It is not an image.");
                    }
                },
            });
        List<FleetInspection> results = await fleet.ScoreAsync(
            model, [.. images, new FleetImage(fleet.Folder.File("missing.png"), "missing")]);
        Assert.Equal("It is not an image.", results[1].Error);
        Assert.Contains("missing.png", results[3].Error, StringComparison.Ordinal);
        Assert.Null(results[0].Error);
        FleetStatus status = await FleetStatus.ReadAsync(fleet.Connection, 10, fleet.Token);
        DeadLetter letter = Assert.Single(status.LatestDead);
        Assert.Equal(("It is not an image.", "w"), (letter.Reason, letter.Worker));
    }

    [NatsFact]
    public async Task A_large_image_goes_through_the_object_store_and_leaves_it()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        string path = fleet.Folder.File("large.bin");
        await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(3_000_000));
        _ = fleet.Work(fleet.WorkerOptions("w"), _ => new EmptyDetector(FleetSetup.Fingerprint));
        List<FleetInspection> results = await fleet.ScoreAsync(model, [new FleetImage(path, "large")]);
        Assert.Equal(3_000_000, results[0].Score);
        FleetConnection connection = await FleetConnection.OpenAsync(fleet.Connection, fleet.Token);
        await using (connection)
        {
            for (int i = 0; i < 100 && await CountAsync(connection) > 0; i++)
            {
                await Task.Delay(20);
            }

            Assert.Equal(0, await CountAsync(connection));
        }
    }

    [NatsFact]
    public async Task A_shared_image_is_read_by_the_worker_only_if_it_is_the_same_file_in_the_folder()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        string here = Directory.CreateDirectory(fleet.Folder.File("here")).FullName;
        string there = Directory.CreateDirectory(fleet.Folder.File("there")).FullName;
        foreach (string name in new[] { "same.bin", "other.bin", "outside.bin" })
        {
            await File.WriteAllTextAsync(Path.Combine(here, name), name);
            await File.WriteAllTextAsync(Path.Combine(there, name), name);
        }

        await File.WriteAllTextAsync(Path.Combine(there, "other.bin"), "another file");
        File.Move(Path.Combine(here, "outside.bin"), fleet.Folder.File("outside.bin"));
        _ = fleet.Work(
            fleet.WorkerOptions("w") with { SharedFolder = there },
            _ => new EmptyDetector(FleetSetup.Fingerprint));
        List<FleetInspection> results = await fleet.ScoreAsync(
            model,
            [
                new FleetImage(Path.Combine(here, "same.bin"), "same"),
                new FleetImage(Path.Combine(here, "other.bin"), "other"),
                new FleetImage(fleet.Folder.File("outside.bin"), "outside"),
            ],
            shared: here);
        Assert.Equal("same.bin".Length, results[0].Score);
        Assert.Contains("is another file on the worker w", results[1].Error, StringComparison.Ordinal);
        Assert.Equal("outside.bin".Length, results[2].Score);
    }

    [NatsFact]
    public async Task Hostile_messages_end_as_dead_letters_and_the_worker_goes_on()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        string secret = fleet.Folder.File("secret.txt");
        await File.WriteAllTextAsync(secret, "secret");
        _ = fleet.Work(
            fleet.WorkerOptions("w") with { SharedFolder = fleet.Folder.File("cache") },
            _ => new EmptyDetector(FleetSetup.Fingerprint));
        var task = new InspectionTask
        {
            Version = 1,
            Run = Guid.NewGuid().ToString("N"),
            Index = 0,
            Model = model.Fingerprint,
            Name = "hostile",
        };
        string?[] texts =
        [
            null,
            "{",
            new string('[', 10_000),
            (task with { Version = 2 }).ToText(),
            (task with { Model = "../../x" }).ToText(),
            (task with { Index = 1, Path = "../secret.txt", Sha256 = new string('0', 64) }).ToText(),
            (task with { Index = 2, Path = secret, Sha256 = new string('0', 64) }).ToText(),
            (task with { Index = 3, Object = "no/such/object" }).ToText(),
            (task with { Index = 4, Model = new string('b', 64) }).ToText(),
        ];
        FleetConnection connection = await FleetConnection.OpenAsync(fleet.Connection, fleet.Token);
        await using (connection)
        {
            foreach (string? text in texts)
            {
                NatsHeaders? headers = text is null ? null : new NatsHeaders { [FleetNames.TaskHeader] = text };
                await connection.JetStream.PublishAsync(
                    FleetNames.Inspect(task.Run), Encoding.UTF8.GetBytes("image"), headers: headers);
                await connection.JetStream.PublishAsync(
                    FleetNames.Encode(task.Run), Encoding.UTF8.GetBytes("view"), headers: headers);
            }
        }

        List<FleetInspection> results = await fleet.ScoreAsync(model, fleet.WriteImages(5));
        Assert.All(results, result => Assert.Null(result.Error));
        FleetStatus status = await FleetStatus.ReadAsync(fleet.Connection, 100, fleet.Token);
        Assert.Equal(texts.Length, status.Dead);
        Assert.Equal(texts.Length, status.LatestDead.Count);
        Assert.Equal(2, status.LatestDead.Count(letter => letter.Reason.Contains("not inside the shared folder")));
    }

    [NatsFact]
    public async Task A_worker_that_computes_something_else_is_shut_out_and_another_one_does_its_work()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        Task bent = fleet.Work(
            fleet.WorkerOptions("bent"),
            _ => new EmptyDetector(FleetSetup.Fingerprint, "its golden images give other scores"));
        Task<List<FleetInspection>> scoring = fleet.ScoreAsync(model, fleet.WriteImages(20));
        ShutOutException error = await Assert.ThrowsAsync<ShutOutException>(() => bent);
        Assert.Contains("golden images", error.Message, StringComparison.Ordinal);
        _ = fleet.Work(fleet.WorkerOptions("straight"), _ => new EmptyDetector(FleetSetup.Fingerprint));
        Assert.All(await scoring, result => Assert.Equal(("straight", null), (result.Worker, result.Error)));
        FleetStatus status = await FleetStatus.ReadAsync(fleet.Connection, 0, fleet.Token);
        Assert.Equal("bent", Assert.Single(status.ShutOut).Name);
        Assert.Contains("golden images", status.ShutOut[0].ShutOut, StringComparison.Ordinal);
        Assert.DoesNotContain(status.Workers, worker => worker.Name == "bent");

        // Mended and started again.
        _ = fleet.Work(fleet.WorkerOptions("bent"), _ => new EmptyDetector(FleetSetup.Fingerprint));
        for (int i = 0; i < 100 && status.Workers.Count < 2; i++)
        {
            await Task.Delay(50);
            status = await FleetStatus.ReadAsync(fleet.Connection, 0, fleet.Token);
        }

        Assert.Empty(status.ShutOut);
    }

    [NatsFact]
    public async Task A_task_that_ends_its_workers_is_given_up()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        Task<List<FleetInspection>> scoring = fleet.ScoreAsync(model, fleet.WriteImages(1));
        FleetConnection connection = await FleetConnection.OpenAsync(fleet.Connection, fleet.Token);
        await using (connection)
        {
            // As workers that are killed, but without the wait.
            NATS.Client.JetStream.INatsJSConsumer consumer =
                await connection.ConsumerAsync(FleetNames.InspectStream, fleet.Token);
            for (int i = 0; i < 10; i++)
            {
                NATS.Client.JetStream.INatsJSMsg<byte[]>? message =
                    await consumer.NextAsync<byte[]>(cancellationToken: fleet.Token);
                await message!.NakAsync(cancellationToken: fleet.Token);
            }
        }

        // Ten workers that never began do not count, four that began and ended do.
        int begun = 0;
        for (int i = 0; i < 4; i++)
        {
            Task ended = fleet.Work(
                fleet.WorkerOptions($"w{i}"),
                _ => new EmptyDetector(FleetSetup.Fingerprint)
                {
                    Before = _ =>
                    {
                        begun++;
                        throw new InvalidOperationException("As if the process had ended.");
                    },
                });
            if (i < InspectionWork.MostBegun)
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => ended);
            }
        }

        FleetInspection result = Assert.Single(await scoring);
        Assert.Contains("ended without an answer", result.Error, StringComparison.Ordinal);
        Assert.Equal(InspectionWork.MostBegun, begun);
    }

    [NatsFact]
    [Trait("Speed", "Slow")]
    public async Task The_server_may_be_started_anew_in_the_middle_of_a_run()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        FleetImage[] images = fleet.WriteImages(1200);
        for (int i = 0; i < 2; i++)
        {
            _ = fleet.Work(
                fleet.WorkerOptions($"w{i}"),
                _ => new EmptyDetector(FleetSetup.Fingerprint) { Before = _ => Thread.Sleep(3) });
        }

        Task<List<FleetInspection>> scoring = fleet.ScoreAsync(model, images);
        await Task.Delay(1500);
        fleet.Server.Restart();
        List<FleetInspection> results = await scoring;
        Assert.Equal(Enumerable.Range(0, images.Length), results.Select(result => result.Index));
        Assert.All(results, result => Assert.Null(result.Error));
    }

    [NatsFact]
    public async Task A_canceled_run_leaves_nothing_behind()
    {
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        FleetScorer scorer = await FleetScorer.OpenAsync(
            new FleetScorerOptions { Fleet = fleet.Connection }, fleet.Token);
        await using (scorer)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (FleetInspection _ in scorer.ScoreAsync(model, fleet.WriteImages(50), stop.Token))
                {
                }
            });
        }

        FleetStatus status = await FleetStatus.ReadAsync(fleet.Connection, 0, fleet.Token);
        Assert.Equal((0, 0, 0), (status.Waiting, status.Taken, status.Results));
    }

    [NatsFact]
    public async Task A_new_version_judges_new_runs_and_old_runs_keep_theirs()
    {
        await using var fleet = new FleetSetup();
        FleetModel first = await fleet.PublishEmptyAsync();
        _ = fleet.Work(
            fleet.WorkerOptions("w"),
            path => new EmptyDetector(Path.GetFileNameWithoutExtension(path)));
        FleetImage[] images = fleet.WriteImages(30);
        await fleet.ScoreAsync(first, images);
        FleetModel second = first with { Fingerprint = new string('c', 64) };
        FleetConnection connection = await FleetConnection.OpenAsync(fleet.Connection, fleet.Token);
        await using (connection)
        {
            await new ModelStore(connection).PublishAsync(second, fleet.Folder.File("empty.sdad"), fleet.Token);
        }

        FleetScorer scorer = await FleetScorer.OpenAsync(
            new FleetScorerOptions { Fleet = fleet.Connection }, fleet.Token);
        await using (scorer)
        {
            Assert.Equal(second, await scorer.ResolveAsync("empty", fleet.Token));
            await Assert.ThrowsAsync<FleetException>(() => scorer.ResolveAsync("nobody", fleet.Token));
        }

        Assert.All(await fleet.ScoreAsync(first, images), one => Assert.Equal(first.Fingerprint, one.Model));
        Assert.All(await fleet.ScoreAsync(second, images), one => Assert.Equal(second.Fingerprint, one.Model));
    }

    [NatsFact]
    [Trait("Speed", "Slow")]
    public async Task Many_images_take_no_more_memory_than_few()
    {
        // 100,000 on request; the cost of a message does not depend on how many came before it.
        int count = int.TryParse(Environment.GetEnvironmentVariable("SEMIDEFECT_FLEET_IMAGES"), out int given)
            ? given
            : 10_000;
        await using var fleet = new FleetSetup();
        FleetModel model = await fleet.PublishEmptyAsync();
        FleetImage one = fleet.WriteImages(1)[0];
        for (int i = 0; i < 2; i++)
        {
            _ = fleet.Work(fleet.WorkerOptions($"w{i}"), _ => new EmptyDetector(FleetSetup.Fingerprint));
        }

        FleetScorer scorer = await FleetScorer.OpenAsync(
            new FleetScorerOptions { Fleet = fleet.Connection }, fleet.Token);
        await using (scorer)
        {
            int done = 0;
            long early = 0;
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var times = new List<double>();
            await foreach (FleetInspection result in scorer.ScoreAsync(
                model, Enumerable.Repeat(one, count).ToList(), fleet.Token))
            {
                Assert.Equal(done++, result.Index);
                if (done % (count / 10) == 0)
                {
                    times.Add(clock.Elapsed.TotalSeconds);
                    clock.Restart();
                    early = done == count / 5 ? GC.GetTotalMemory(forceFullCollection: true) : early;
                }
            }

            long late = GC.GetTotalMemory(forceFullCollection: true);
            Assert.Equal(count, done);
            Assert.True(late < early + (8 << 20), $"{early} bytes after a fifth, {late} at the end.");
            Assert.True(
                times[^2] < (5 * times[1]) + 5,
                $"The tenths took {string.Join(", ", times)} s.");
        }
    }

    private static async Task<int> CountAsync(FleetConnection connection)
    {
        int count = 0;
        await foreach (object _ in connection.Images.ListAsync())
        {
            count++;
        }

        return count;
    }
}
