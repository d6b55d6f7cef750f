using System.Net;
using FastVlm.Benchmarks.Load;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Members;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Silo.Platform;
using FastVlm.Silo.Simulation;
using FastVlm.Storage;
using FastVlm.TestKit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>One node with every role, as it ships, with its PostgreSQL journal on a server of its own or one in memory.</summary>
internal sealed class ClusterEdition(LoadPlan plan, bool onDisk) : Edition(plan)
{
    private readonly TempDirectory _folder = new();
    private PostgresServer? _server;
    private PostgresPlatformStore? _store;
    private IHost? _host;

    public override TimeSpan DatabaseProcessor => _server is null ? TimeSpan.Zero : PostgresServer.ProcessorTime();

    public override async Task StartAsync()
    {
        var logger = NullLogger.Instance;
        if (onDisk)
        {
            _server = await PostgresServer.StartAsync(syncs: true);
            var options = new PostgresStoreOptions
            {
                ConnectionString = new SecretText(await _server.CreateDatabaseAsync()), SecretsKeyFile = _folder.File("key"),
            };
            _store = await PostgresPlatformStore.OpenAsync(options, Time, logger, default);
        }

        var memory = new MemoryStore();
        var journal = new SignallingJournal(_store?.Journal ?? memory, Cameras);
        var backlog = new JournalBacklog(journal, Time, logger);
        var model = new ScriptedModel(Plan);
        var device = SiloModels.NewDevice("cpu0", model, new ModelCard { Name = "scripted", Licence = "none" }, Time, logger);
        Begin(backlog.RunAsync);
        Begin(device.Worker.RunAsync);
        var configurations = new SimulatedConfiguration();
        configurations.Publish(Configuration());
        var pictures = new SimulatedPictures();
        _host = SiloHost.Build(
            new SiloHostParts
            {
                Cluster = new ClusterOptions
                {
                    ClusterId = Guid.NewGuid().ToString("N"),
                    SiloName = "bench",
                    Roles = SiloRoles.Camera | SiloRoles.Gpu | SiloRoles.Web,
                    Devices = ["cpu0"],
                    Address = IPAddress.Loopback,
                    SiloPort = FreePort(),
                    DetectFailureWithin = TimeSpan.FromSeconds(60),
                },
                Configuration = await ConfigurationDesk.OpenAsync(configurations, Time, DestinationPolicy.Public, default),
                Fences = _store?.Fences ?? memory,
                Incidents = _store?.Incidents ?? memory,
                Journal = journal,
                Backlog = backlog,
                Planner = Planner,
                Devices = [device],
                Sources = Cameras,
                LiveVideo = Cameras,
                Encoder = pictures,
                Decoder = pictures,
                TimeProvider = Time,
            },
            NullLoggerFactory.Instance);
        await _host.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            using var atOnce = new CancellationTokenSource();
            await atOnce.CancelAsync();
            await _host.StopAsync(atOnce.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
