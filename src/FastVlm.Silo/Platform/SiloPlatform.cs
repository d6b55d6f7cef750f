using FastVlm.Grains.Cameras;
using FastVlm.Grains.Members;
using FastVlm.Grains.Rules;
using FastVlm.Grains.Silos;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;
using FastVlm.Video.Cameras;
using FastVlm.Video.Jpeg;
using FastVlm.Video.Live;
using FastVlm.Web;
using FastVlm.Web.Files;
using FastVlm.Web.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Platform;

/// <summary>
/// One node of the cluster. Started from the inside out: (1) store and configuration, (2) the models of its devices, (3) the
/// node joins, with cameras, rules and devices as its roles say, (4) alerts, (5) the web; stopped in the opposite order, after
/// its cameras were handed over.
/// </summary>
internal sealed class SiloPlatform : IAsyncDisposable
{
    private readonly SiloSettings _settings;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly PostgresPlatformStore _store;
    private readonly ConfigurationDesk _configuration;
    private readonly IReadOnlyList<SiloDevice> _devices;
    private readonly JournalBacklog _backlog;
    private readonly DeliveryPlanner _planner;
    private readonly HealthBoard _health = new();
    private readonly List<SiloTask> _tasks = [];
    private readonly List<IDisposable> _disposables = [];
    private readonly LiveVideo _liveVideo;
    private readonly CameraSources _sources;
    private readonly JpegEncoder _encoder = new();
    private BackTests? _backTests;
    private IHost? _host;
    private PlatformServer? _web;
    private volatile string? _notReady = "The node is starting.";

    private SiloPlatform(
        SiloSettings settings, PostgresPlatformStore store, ConfigurationDesk configuration, IReadOnlyList<SiloDevice> devices,
        (TimeProvider Time, ILogger Logger) host)
    {
        (_settings, _store, _configuration, _devices) = (settings, store, configuration, devices);
        (_timeProvider, _logger) = host;
        _backlog = new JournalBacklog(store.Journal, host.Time, host.Logger);
        _planner = new DeliveryPlanner(new DeliveryPlannerOptions { DashboardAddress = settings.PublicUrl });
        _liveVideo = new LiveVideo(host.Time);
        var places = new CameraPlaces(Path.Combine(AppContext.BaseDirectory, "models", "demo"), settings.MediaDirectory);
        var side = Math.Max(settings.FrameSidePx, devices.Select(device => device.Model.Description.InputSizePx).DefaultIfEmpty().Max());
        _sources = new CameraSources(places, side, host.Time, host.Logger) { Live = _liveVideo };
    }

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<Uri> Addresses => _web?.Addresses ?? [];

    private bool Delivers => (_settings.Cluster.Roles & (SiloRoles.Camera | SiloRoles.Web)) != 0;

    private IServiceProvider Services => _host!.Services;

    /// <summary>Starts everything; returns when the node is part of the cluster and answers.</summary>
    /// <exception cref="FailureException">An address is taken, a model or a program is missing.</exception>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    public static async Task<SiloPlatform> StartAsync(
        SiloSettings settings, ILoggerFactory logs, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var logger = logs.CreateLogger("FastVlm");

        // (1)
        var options = new PostgresStoreOptions
        {
            ConnectionString = new SecretText(settings.ConnectionString), SecretsKeyFile = settings.SecretsKeyFile,
        };
        var store = await PostgresPlatformStore.OpenAsync(options, timeProvider, logger, cancellationToken);
        IReadOnlyList<SiloDevice> devices = [];
        try
        {
            var destinations = new DestinationPolicy { AllowLoopback = settings.AllowLoopbackWebhooks, OwnPorts = settings.Ports };
            var configuration = await ConfigurationDesk.OpenAsync(
                store.Configuration, timeProvider, destinations, cancellationToken, Grains.ClusterLimits.CamerasMax);

            // (2)
            devices = await SiloModels.LoadAsync(settings, timeProvider, logger, cancellationToken);
            var platform = new SiloPlatform(settings, store, configuration, devices, (timeProvider, logger));
            await platform.StartAsync(logs, cancellationToken);
            return platform;
        }
        catch
        {
            foreach (var device in devices)
            {
                device.Dispose();
            }

            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when cancelled; throws where a part of the node met a defect.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, _timeProvider, cancellationToken);
        var ended = await Task.WhenAny([stopped, .. _tasks.Select(task => task.Completion), HostEndedAsync()]);
        if (ended != stopped)
        {
            await ended;
        }
    }

    /// <summary>Hands the cameras over to other nodes, if there are any; meanwhile everything else goes on.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _notReady = "The node is stopping.";
        var cameras = Services.GetRequiredService<LocalCameras>();
        var others = Services.GetRequiredService<ClusterMembers>().Current.LiveWith(SiloRoles.Camera).Any(member => !member.IsSelf);
        if (!others || cameras.Count == 0)
        {
            return;
        }

        _logger.Draining(cameras.Count);
        var begin = _timeProvider.GetTimestamp();
        await cameras.DrainAsync(cancellationToken);
        _logger.Drained(_timeProvider.GetElapsedTime(begin).TotalMilliseconds, cameras.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _notReady = "The node is stopping.";
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        if (_backTests is not null)
        {
            await _backTests.DisposeAsync();
        }

        // What delivers ends first, and gives its leases back; the store's backlog and the models outlive the grains.
        foreach (var task in Enumerable.Reverse(_tasks).Where(task => task.StopsFirst))
        {
            await task.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }

        foreach (var task in Enumerable.Reverse(_tasks).Where(task => !task.StopsFirst))
        {
            await task.DisposeAsync();
        }

        await _backlog.DrainAsync();
        _disposables.ForEach(disposable => disposable.Dispose());
        foreach (var device in _devices)
        {
            device.Dispose();
        }

        _configuration.Dispose();
        await _store.DisposeAsync();
    }

    private async Task StartAsync(ILoggerFactory logs, CancellationToken cancellationToken)
    {
        try
        {
            _planner.Apply(_configuration.Current);
            _configuration.Changed += (_, after) => _planner.Apply(after);
            foreach (var device in _devices)
            {
                Begin($"model worker of {device.Name}", device.Worker.RunAsync);
            }

            Begin("journal", _backlog.RunAsync);
            var follower = Keep(new ConfigurationFollower(_configuration, _store.Signals, _timeProvider, _logger));
            Begin("configuration", follower.RunAsync);

            // (3)
            _host = SiloHost.Build(HostParts(), logs);
            await _host.StartAsync(cancellationToken);

            // (4)
            var alerts = Delivers ? StartAlerts() : null;

            // (5)
            await StartWebAsync(alerts, cancellationToken);
            _notReady = null;
        }
        catch
        {
            await DisposeStartedAsync();
            throw;
        }
    }

    private SiloHostParts HostParts() => new()
    {
        Cluster = _settings.Cluster,
        Configuration = _configuration,
        Fences = _store.Fences,
        Incidents = _store.Incidents,
        Journal = _store.Journal,
        Backlog = _backlog,
        Planner = _planner,
        Devices = _devices,
        Sources = _sources,
        LiveVideo = _liveVideo,
        Encoder = _encoder,
        Decoder = new JpegDecoder(),
        TimeProvider = _timeProvider,
    };

    private SiloAlerts StartAlerts()
    {
        var members = Services.GetRequiredService<ClusterMembers>();
        var alerts = Keep(new SiloAlerts(
            new SiloAlertParts
            {
                Store = _store,
                Configuration = _configuration,
                Planner = _planner,
                Live = Services.GetRequiredService<ILiveFeed>(),
                Grains = Services.GetRequiredService<IGrainFactory>(),
                Self = Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
                Members = () => LeaseMembersOf(members.Current, Services.GetRequiredService<IClusterMembershipService>()),
                TimeProvider = _timeProvider,
                Logger = _logger,
            },
            _settings,
            () => [.. Addresses.Select(address => address.Port)]));
        alerts.Apply(_configuration.Current);
        _configuration.Changed += (_, after) => alerts.Apply(after);
        Begin("alert dispatcher", alerts.RunAsync, stopsFirst: true);
        Begin("watch on nodes", token => PokeAsync(members, alerts, token), stopsFirst: true);
        return alerts;
    }

    private static LeaseMembers LeaseMembersOf(ClusterView view, IClusterMembershipService membership) => new(
        [
            .. view.Live.Where(member => (member.Roles & (SiloRoles.Camera | SiloRoles.Web)) != 0)
                .Select(member => member.Address.ToParsableString()),
        ],
        [
            .. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Dead)
                .Select(member => member.SiloAddress.ToParsableString()),
        ]);

    private static async Task PokeAsync(ClusterMembers members, SiloAlerts alerts, CancellationToken cancellationToken)
    {
        await foreach (var _ in members.WatchAsync(cancellationToken))
        {
            alerts.Poke();
        }
    }

    private async Task StartWebAsync(SiloAlerts? alerts, CancellationToken cancellationToken)
    {
        var server = new PlatformServerOptions
        {
            Urls = _settings.Urls, NotReady = () => _notReady, Metrics = NewMetrics(null), MetricsToken = _settings.AccessToken,
        };
        if (!_settings.Cluster.Roles.HasFlag(SiloRoles.Web))
        {
            _web = await PlatformServer.StartProbesAsync(server, _logger, cancellationToken);
            return;
        }

        _backTests = new BackTests(_store.Captions, _timeProvider, _logger);
        if (_settings.ConfigurationFile is { } path)
        {
            var file = new ConfigurationFile(path, _configuration, _health, _timeProvider, _logger);
            await file.ApplyAsync(cancellationToken);
            Begin("configuration file", file.RunAsync, stopsFirst: true);
        }

        var live = Services.GetRequiredService<LiveFeed>();
        _configuration.Changed += (_, _) => live.Publish(new ConfigurationEvent());
        var ports = Ports(alerts!, live);
        server = server with { Metrics = NewMetrics(ports) };
        _web = await PlatformServer.StartAsync(server, _settings.Web, ports, _logger, cancellationToken);
    }

    private NodeMetrics NewMetrics(PlatformPorts? installation) => new(new NodeMetricsSources
    {
        Version = SiloVersion.Text,
        Cameras = _ => Task.FromResult<IReadOnlyDictionary<CameraId, CameraReport>>(Services.GetRequiredService<LocalCameras>().Report()),
        Self = Services.GetRequiredService<LocalNode>().Describe,
        Installation = installation,
    });

    private PlatformPorts Ports(SiloAlerts alerts, LiveFeed live)
    {
        var monitor = Services.GetRequiredService<ClusterCameraMonitor>();
        var board = Services.GetRequiredService<ClusterBoard>();
        return new PlatformPorts
        {
            Configuration = _configuration,
            Cameras = monitor,
            CameraTester = Keep(new FfmpegCameraTester(_sources, _encoder)),
            LiveVideo = monitor,
            Captions = _store.Captions,
            Incidents = _store.Incidents,
            IncidentDesk = Keep(new IncidentDesk(_store.Incidents, alerts.Recorder, AnnotateAsync, _timeProvider)),
            Outbox = _store.Outbox,
            Webhooks = alerts.Desk,
            BackTests = _backTests!,
            Models = board,
            Nodes = board,
            Live = live,
            Health = _health,
            TimeProvider = _timeProvider,
        };
    }

    /// <summary>It is stored; whoever keeps the incident in memory is told, and reads it from the store if that fails.</summary>
    private async Task AnnotateAsync(Incident incident, CancellationToken cancellationToken)
    {
        if (incident is not { State: IncidentState.Open, CameraId: { } camera })
        {
            return;
        }

        try
        {
            var grains = Services.GetRequiredService<IGrainFactory>();
            await (incident.Kind == IncidentKind.CameraDown
                ? grains.GetGrain<ICameraGrain>(camera.Value).Annotate(JsonWire.Of(incident))
                : grains.GetGrain<IRuleGrain>(camera.Value).Annotate(JsonWire.Of(incident)));
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            _logger.AnnotationNotReached(incident.Id, e.Message);
        }
    }

    /// <summary>The host ends by itself only where it met a defect, or the others have declared this node dead.</summary>
    private async Task HostEndedAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Services.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping.Register(ended.SetResult);
        await ended.Task;
        throw new InvalidOperationException("The node has left the cluster without being stopped; the log says why.");
    }

    private T Keep<T>(T disposable)
        where T : IDisposable
    {
        _disposables.Add(disposable);
        return disposable;
    }

    private void Begin(string name, Func<CancellationToken, Task> run, bool stopsFirst = false) =>
        _tasks.Add(new SiloTask(name, run, stopsFirst, _logger));

    private async Task DisposeStartedAsync()
    {
        foreach (var task in Enumerable.Reverse(_tasks))
        {
            await task.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }

        _disposables.ForEach(disposable => disposable.Dispose());
    }
}
