using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Publishing;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Statistics;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server;

/// <summary>
/// The production-line server: an HTTP API and a web page for a folder of detector files, with a history in SQLite.
/// Only its options configure it: no environment variable or settings file can open it to the network. Thread-safe; an
/// instance can be started once.
/// </summary>
public sealed class InspectionServer : IAsyncDisposable
{
    /// <summary>The name of the meter, for anyone who listens with System.Diagnostics.Metrics.</summary>
    public const string MeterName = "SemiDefect.Anomaly.Server";

    private readonly WebApplication _application;
    private readonly FileStream _lock;

    private InspectionServer(WebApplication application, FileStream dataLock)
    {
        _application = application;
        _lock = dataLock;
    }

    /// <summary>The addresses it listens on, once it is started.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Creates a server: opens its database, but does not listen yet.</summary>
    /// <exception cref="SemiDefectException">
    /// The options are invalid, a folder or the database is unusable, or another server uses the data.
    /// </exception>
    public static InspectionServer Create(ServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        FileStream dataLock = LockData(options.DataFolder);
        try
        {
            WebApplication application = Build(options);

            // Errors are reported now, not to the first client.
            application.Services.GetRequiredService<Housekeeper>();
            if (application.Services.GetRequiredService<IInspectionQueue>() is FleetQueue fleet)
            {
                Task.Run(() => fleet.OpenAsync(CancellationToken.None)).GetAwaiter().GetResult();
            }

            Recover(application.Services);
            ModelRegistry models = application.Services.GetRequiredService<ModelRegistry>();
            Admission admission = application.Services.GetRequiredService<Admission>();
            ServerMetrics metrics = application.Services.GetRequiredService<ServerMetrics>();
            metrics.ObserveState(() => admission.Images, options.QueueCapacity, () => models.LoadedCount);
            metrics.ObserveDrift(application.Services.GetRequiredService<DriftMonitor>().Measure);
            metrics.ObserveJobs(application.Services.GetRequiredService<JobRunner>().Measure);
            return new InspectionServer(application, dataLock);
        }
        catch
        {
            dataLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads API keys from a file: one key alone, which gives every right; or a line for each key, with its role (view,
    /// operate or engineer), its name and the key. Empty lines and lines that begin with # are ignored.
    /// </summary>
    /// <exception cref="SemiDefectException">The file cannot be read, or contains no valid key.</exception>
    public static IReadOnlyList<AccessKey> ReadKeyFile(string path) => AccessKey.ReadFile(path);

    /// <summary>Starts listening.</summary>
    /// <exception cref="SemiDefectException">An address cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (
            error is IOException or SocketException or InvalidOperationException { InnerException: SocketException })
        {
            throw new SemiDefectException(
                $"Cannot listen: {error.Message} Choose another address or port (--urls).",
                error);
        }
    }

    /// <summary>Stops accepting requests, finishes accepted ones, cancels jobs, and stops.</summary>
    public Task StopAsync() => _application.StopAsync(CancellationToken.None);

    /// <summary>Stops the server and releases everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    // Before the first request: a client must not see what a crash has left half-done.
    private static void Recover(IServiceProvider services) => Task.Run(async () =>
    {
        await services.GetRequiredService<JobRunner>().RecoverAsync().ConfigureAwait(false);
        await services.GetRequiredService<ModelRegistry>().RecoverAsync().ConfigureAwait(false);
    }).GetAwaiter().GetResult();

    private static FileStream LockData(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(
                Path.Combine(folder, "server.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException(
                $"The data folder '{folder}' cannot be used, or another server uses it: {error.Message} Choose "
                    + "another one (--data).",
                error);
        }
    }

    private static WebApplication Build(ServerOptions options)
    {
        // The empty builder reads neither environment variables nor settings files.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = options.DataFolder });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options));
        Log(builder.Logging, options);
        PrometheusExport.Add(builder.Services);
        AddServices(builder.Services, options);
        WebApplication application = builder.Build();
        ILogger logger = application.Services.GetRequiredService<ILogger<InspectionServer>>();
        application.Lifetime.ApplicationStopping.Register(logger.Stopping);
        application.Use(next => context =>
            context.RequestServices.GetRequiredService<ProblemWriter>().InvokeAsync(context, next));
        application.Use(next => context =>
        {
            SecurityHeaders.Add(context);
            context.RequestServices.GetRequiredService<RequestGuard>().Check(context);
            return next(context);
        });
        application.UseRouting();
        application.Use(next => context =>
        {
            RoleGuard.Check(context);
            return next(context);
        });
        RouteGroupBuilder api = application.MapGroup("/api/v1");
        ModelEndpoints.Map(api);
        VersionEndpoints.Map(api);
        ComparisonEndpoints.Map(api);
        AuditEndpoints.Map(api);
        InspectEndpoints.Map(api);
        InspectionEndpoints.Map(api);
        LineEndpoints.Map(api);
        StatisticsEndpoints.Map(api);
        PictureEndpoints.Map(api);
        TrainingEndpoints.Map(api);
        FitEndpoints.Map(api);
        EvidenceEndpoints.Map(api);
        UpdateEndpoints.Map(api);
        JobEndpoints.Map(api);
        OperationsEndpoints.Map(application);
        application.MapOpenApi("/api/{documentName}/openapi.json").ExcludeFromDescription();
        ApiReference.Map(application);
        PageFiles.Map(application);
        application.MapFallback(OtherMethods.Refuse);
        return application;
    }

    private static void AddServices(IServiceCollection services, ServerOptions options)
    {
        services.AddRoutingCore();
        services.Configure<RouteHandlerOptions>(route => route.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        services.ConfigureHttpJsonOptions(json => ServerJson.Configure(json.SerializerOptions));
        services.AddOpenApi("v1", OpenApiDescription.Configure);
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<RequestGuard>();
        services.AddSingleton<ProblemWriter>();
        services.AddSingleton(_ =>
            Database.Open(Path.Combine(options.DataFolder, "history.db"), DatabaseSchema.Upgrades));
        services.AddSingleton<InspectionFeed>();
        services.AddSingleton<InspectionStore>();
        services.AddSingleton(new PictureStore(Path.Combine(options.DataFolder, "pictures")));
        services.AddSingleton<Housekeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Housekeeper>());
        services.AddHostedService<MqttPublisher>();
        services.AddSingleton<DriftWebhook>();
        services.AddHostedService(provider => provider.GetRequiredService<DriftWebhook>());
        services.AddSingleton<DriftMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<DriftMonitor>());
        services.AddSingleton<AuditLog>();
        services.AddSingleton<VersionFiles>();
        services.AddSingleton<VersionLedger>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<VersionScores>();
        services.AddSingleton<VersionScorer>();
        services.AddSingleton<VersionComparison>();
        services.AddSingleton<DefectCheck>();
        services.AddSingleton<ModelVersions>();
        services.AddSingleton<Trash>();
        services.AddSingleton<Throughput>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Turns>();
        if (options.Fleet is null)
        {
            services.AddSingleton<IInspectionQueue, LocalQueue>();
        }
        else
        {
            services.AddSingleton<IInspectionQueue, FleetQueue>();
        }

        services.AddSingleton<Inspector>();
        services.AddSingleton<InspectService>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<TrainingStore>();
        services.AddSingleton<FeedbackStore>();
        services.AddSingleton<TrainingCheck>();
        services.AddSingleton<FitWork>();
        services.AddSingleton<UpdateWork>();
        services.AddSingleton<ModelJobs>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
    }

    private static void Log(ILoggingBuilder logging, ServerOptions options)
    {
        // The caller's factory filters; only ASP.NET is limited here to warnings and errors.
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddProvider(new ForwardingLoggerProvider(options.LoggerFactory));
    }

    private static void Limit(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MaxConcurrentConnections = 1000;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(
            bytesPerSecond: 1024,
            gracePeriod: TimeSpan.FromSeconds(5));
        foreach (string url in options.Urls)
        {
            ListenAddress.Parse(url).Listen(kestrel);
        }
    }
}
