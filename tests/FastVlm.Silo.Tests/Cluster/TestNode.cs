using FastVlm.Grains.Cameras;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Members;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Silo.Platform;
using FastVlm.Storage;
using FastVlm.TestKit;
using FastVlm.Video.Jpeg;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>What a node of a test is made of.</summary>
internal sealed record TestNodeSetup
{
    public required Grains.Hosting.ClusterOptions Cluster { get; init; }

    public required string SecretsKeyFile { get; init; }

    public required ICameraSources Sources { get; init; }

    public required IDeliveryPlanner Planner { get; init; }

    public required ILoggerFactory Logs { get; init; }

    /// <summary>May replace what the node's host is made of.</summary>
    public Action<ISiloBuilder>? Configure { get; init; }
}

/// <summary>
/// A node in this process: the composition of the real one, with its own store on the cluster's database and fake models. It
/// can be cut off from everything, which is what a crash looks like to the others, and stopped in order.
/// </summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(3);

    private readonly PostgresPlatformStore _store;
    private readonly ConfigurationDesk _configuration;
    private readonly ConfigurationFollower _follower;
    private readonly JournalBacklog _backlog;
    private readonly IReadOnlyList<SiloDevice> _devices;
    private readonly List<SiloTask> _tasks = [];
    private readonly Cable _cable = new();
    private readonly IHost _host;
    private bool _isCut;

    private TestNode(TestNodeSetup setup, PostgresPlatformStore store, ConfigurationDesk configuration)
    {
        (_store, _configuration) = (store, configuration);
        Name = setup.Cluster.SiloName;
        var logger = setup.Logs.CreateLogger(Name);
        Models = setup.Cluster.Devices.ToDictionary(device => device, _ => PushedCameras.NewModel());
        _devices = [.. Models.Select(model => SiloModels.NewDevice(model.Key, model.Value, Card, TimeProvider.System, logger))];
        _backlog = new JournalBacklog(store.Journal, TimeProvider.System, logger);
        _follower = new ConfigurationFollower(configuration, store.Signals, TimeProvider.System, logger);
        var encoder = new JpegEncoder();
        _host = SiloHost.Build(
            new SiloHostParts
            {
                Cluster = setup.Cluster,
                Configuration = configuration,
                Fences = store.Fences,
                Incidents = store.Incidents,
                Journal = store.Journal,
                Backlog = _backlog,
                Planner = setup.Planner,
                Devices = _devices,
                Sources = setup.Sources,
                LiveVideo = new NoLiveVideo(),
                Encoder = encoder,
                Decoder = new JpegDecoder(),
                TimeProvider = TimeProvider.System,
            },
            setup.Logs,
            silo =>
            {
                silo.Configure<SiloConnectionOptions>(o =>
                {
                    o.ConfigureSiloInboundConnection(_cable.Attach);
                    o.ConfigureSiloOutboundConnection(_cable.Attach);
                });
                setup.Configure?.Invoke(silo);
            });
        foreach (var device in _devices)
        {
            Begin($"model worker of {device.Name}", device.Worker.RunAsync, logger);
        }

        Begin("journal", _backlog.RunAsync, logger);
        Begin("configuration", _follower.RunAsync, logger);
    }

    public string Name { get; }

    /// <summary>By device.</summary>
    public IReadOnlyDictionary<string, FakeModel> Models { get; }

    public PostgresPlatformStore Store => _store;

    public IConfigurationDesk Configuration => _configuration;

    public IServiceProvider Services => _host.Services;

    public ClusterMembers Members => Services.GetRequiredService<ClusterMembers>();

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public LocalCameras Cameras => Services.GetRequiredService<LocalCameras>();

    public SiloAddress Address => Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    /// <summary>Looks that its devices have made.</summary>
    public int LookCount => Models.Values.Sum(model => model.Calls.Items.Count);

    /// <summary>Grains that were activated here and belong elsewhere.</summary>
    public long RefusedCount => Services.GetRequiredService<LocalDevices>().RefusedCount;

    private static ModelCard Card => new() { Name = "fake", Licence = "none", IsActive = true, IsInstalled = true };

    public static async Task<TestNode> StartAsync(TestNodeSetup setup)
    {
        var options = new PostgresStoreOptions
        {
            ConnectionString = new SecretText(setup.Cluster.ConnectionString!), SecretsKeyFile = setup.SecretsKeyFile, PoolSizeMax = 8,
        };
        var store = await PostgresPlatformStore.OpenAsync(
            options, TimeProvider.System, setup.Logs.CreateLogger("store"), CancellationToken.None);
        var configuration = await ConfigurationDesk.OpenAsync(
            store.Configuration, TimeProvider.System, new DestinationPolicy(), CancellationToken.None);
        var node = new TestNode(setup, store, configuration);
        await node._host.StartAsync().Within($"the start of node '{node.Name}'");
        return node;
    }

    /// <summary>Nobody hears of it any more; it does not know yet. The database is cut off by the caller.</summary>
    public void Cut()
    {
        _isCut = true;
        _cable.Cut();
    }

    /// <summary>As a service manager stops it: its cameras are handed over first.</summary>
    public async Task StopAsync()
    {
        await Cameras.DrainAsync(CancellationToken.None);
        Assert.Equal(0, Cameras.Count);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        var stopping = _host.StopAsync(new CancellationToken(_isCut));
        if (_isCut)
        {
            // It tries for minutes to say goodbye to those who do not hear it; what is left of it ends with the process.
            await stopping.WaitAsync(GoodbyeMax, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            await stopping;
            _host.Dispose();
        }

        foreach (var task in Enumerable.Reverse(_tasks))
        {
            await task.DisposeAsync();
        }

        await _backlog.DrainAsync();
        _follower.Dispose();
        foreach (var device in _devices)
        {
            device.Dispose();
        }

        _configuration.Dispose();
        await _store.DisposeAsync();
    }

    private void Begin(string name, Func<CancellationToken, Task> run, ILogger logger) =>
        _tasks.Add(new SiloTask(name, run, stopsFirst: false, logger));

    private sealed class NoLiveVideo : ILiveVideo
    {
        public Task<LiveVideoFile?> ReadAsync(Pipeline.CameraId id, string fileName, CancellationToken cancellationToken) =>
            Task.FromResult<LiveVideoFile?>(null);
    }
}
