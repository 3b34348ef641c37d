using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class LogTests
{
    [Fact]
    public async Task A_normal_run_logs_its_models_and_its_stop_and_nothing_of_ASP_NET()
    {
        using var log = new RecordingLoggerFactory();
        await using TestServer server = await TestServer.StartAsync(options => options with { LoggerFactory = log });
        JsonNode inspection = await server.InspectAsync(Parts.Bad(1));
        using HttpResponseMessage none = await server.Client.GetAsync("/api/v1/inspections/99");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        await server.StopAsync();

        string ready = $"model 'tiny' is ready (version {inspection["model_version"]})";
        const string Stopping = "stopping: finishing what was accepted";
        Assert.Equal(
            [
                (typeof(ModelRegistry).FullName!, LogLevel.Information, ready, null),
                (typeof(InspectionServer).FullName!, LogLevel.Information, Stopping, null),
            ],
            log.Entries);
    }

    [Fact]
    public async Task A_fault_is_logged_with_its_exception_and_told_to_nobody_else()
    {
        using var log = new RecordingLoggerFactory();
        await using TestServer server = await TestServer.StartAsync(options => options with { LoggerFactory = log });
        Directory.Delete(server.Options.ModelsFolder, recursive: true);
        using HttpResponseMessage response = await server.Client.GetAsync("/api/v1/models");
        await TestServer.AssertProblemAsync(500, "fault", response);

        (_, LogLevel level, string message, Type? error) = Assert.Single(log.Entries);
        Assert.Equal(
            (LogLevel.Error, "GET /api/v1/models", typeof(DirectoryNotFoundException)),
            (level, message, error));
    }

    [Fact]
    public void The_command_line_writes_one_printable_line_per_entry()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var factory = new LineLogger(output);
        ILogger logger = factory.CreateLogger("any");
        logger.Log(LogLevel.Information, 0, "a\u001b[2Jb", null, (state, _) => state);
        logger.Log(LogLevel.Error, 0, "GET /x", new InvalidOperationException("no\nway"), (state, _) => state);
        logger.Log(LogLevel.Debug, 0, "unseen", null, (state, _) => state);
        Assert.Equal("a?[2Jb\nGET /x: System.InvalidOperationException: no?way\n", output.ToString());
    }
}
