using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Inference;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;
using FastVlm.Web;
using FastVlm.Web.Files;
using FastVlm.Web.Metrics;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// The whole platform in one process. Started from the inside out: (1) store and configuration, (2) the model's worker,
/// (3) alerts, (4) cameras, (5) the web; stopped in the opposite order, so that nobody is asked after it is gone.
/// </summary>
internal sealed class EmbeddedPlatform : IAsyncDisposable
{
    private readonly PlatformOptions _options;
    private readonly PlatformParts _parts;
    private readonly SqlitePlatformStore _store;
    private readonly ConfigurationDesk _configuration;
    private readonly InferenceWorker _worker;
    private readonly LiveFeed _live;
    private readonly PlatformAlerts _alerts;
    private readonly JournalBacklog _backlog;
    private readonly CameraFleet _fleet;
    private readonly CameraWatch _watch;
    private readonly IncidentDesk _desk;
    private readonly BackTests _backTests;
    private readonly HealthBoard _health = new();
    private readonly List<PlatformTask> _tasks = [];
    private PlatformServer? _web;

    private EmbeddedPlatform(
        PlatformOptions options,
        PlatformParts parts,
        SqlitePlatformStore store,
        ConfigurationDesk configuration,
        EarlierRun earlier)
    {
        _options = options;
        _parts = parts;
        _store = store;
        _configuration = configuration;
        var (time, logger) = (parts.TimeProvider, parts.Logger);
        _worker = new InferenceWorker(parts.Model, time, logger) { Figures = parts.Figures };
        _live = new LiveFeed(time);
        _alerts = new PlatformAlerts(options, parts, store, configuration, _live, earlier, () => Ports);
        _backlog = new JournalBacklog(_alerts.Journal, time, logger);
        var recorder = _alerts.Recorder;
        var cameras = new CameraParts
        {
            Captioner = _worker,
            Sources = parts.Sources,
            Encoder = parts.Encoder,
            Live = _live,
            TimeProvider = time,
            Logger = logger,
        };
        _fleet = new CameraFleet(id => new CameraSlot(
            id,
            cameras,
            pictures => NewStage(id, cameras, pictures, earlier),
            new CameraDownWatch(id, CameraWatch.FindDown(earlier.OpenIncidents, id), recorder, logger)));
        _watch = new CameraWatch(_fleet, recorder, earlier.OpenIncidents, time, logger);
        _desk = new IncidentDesk(store.Incidents, recorder, AnnotateAsync, time);
        _backTests = new BackTests(store.Captions, time, logger);
    }

    /// <summary>Where the dashboard answers.</summary>
    public IReadOnlyList<Uri> Addresses => _web?.Addresses ?? [];

    public string DataDirectory => _options.DataDirectory;

    private IReadOnlyCollection<int> Ports => [.. Addresses.Select(address => address.Port)];

    /// <summary>Starts everything; returns when the dashboard answers and the cameras are being opened.</summary>
    /// <exception cref="FailureException">The address is taken, or a program or library is missing.</exception>
    /// <exception cref="StorageException">The data folder cannot be used.</exception>
    public static async Task<EmbeddedPlatform> StartAsync(PlatformOptions options, PlatformParts parts, CancellationToken cancellationToken)
    {
        // (1)
        var isNew = !File.Exists(Path.Combine(options.DataDirectory, "fastvlm.db"));
        var store = await SqlitePlatformStore.OpenAsync(
            options.DataDirectory, new StorageOptions(), parts.TimeProvider, parts.Logger, cancellationToken);
        try
        {
            var configuration = await OpenConfigurationAsync(options, parts, store, isNew, cancellationToken);
            var earlier = await EarlierRun.ReadAsync(store, cancellationToken);
            var platform = new EmbeddedPlatform(options, parts, store, configuration, earlier);
            await platform.StartAsync(cancellationToken);
            return platform;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when cancelled; throws where a part of the platform met a defect.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, _parts.TimeProvider, cancellationToken);
        await await Task.WhenAny([stopped, .. _tasks.Select(task => task.Completion)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        await _backTests.DisposeAsync();

        // Last started, first stopped.
        foreach (var task in Enumerable.Reverse(_tasks))
        {
            await task.DisposeAsync();
        }

        await _backlog.DrainAsync();
        _worker.Dispose();
        _desk.Dispose();
        await _store.DisposeAsync();
    }

    private static async Task<ConfigurationDesk> OpenConfigurationAsync(
        PlatformOptions options, PlatformParts parts, SqlitePlatformStore store, bool isNew, CancellationToken cancellationToken)
    {
        var destinations = new DestinationPolicy { AllowLoopback = options.AllowLoopbackWebhooks, OwnPorts = options.Ports };
        var configuration = await ConfigurationDesk.OpenAsync(store.Configuration, parts.TimeProvider, destinations, cancellationToken);
        if (options.SeedDemo && isNew && !File.Exists(options.ConfigurationFile))
        {
            await configuration.ImportAsync(DemoSeed.For(options.DemoClips), EntryOrigin.Api, cancellationToken);
        }

        return configuration;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            // (2) to (4): whatever one begins to use must run before it.
            Begin("model worker", _worker.RunAsync);
            Begin("journal", _backlog.RunAsync);
            Begin("alert dispatcher", _alerts.RunAsync);
            Begin("cameras", _fleet.RunAsync);
            Begin("camera watch", _watch.RunAsync);
            var file = new ConfigurationFile(_options.ConfigurationFile, _configuration, _health, _parts.TimeProvider, _parts.Logger);
            await file.ApplyAsync(cancellationToken);
            _configuration.Changed += Apply;
            Apply(_configuration.Current);
            Begin("configuration file", file.RunAsync);

            // (5)
            var ports = Web();
            var server = new PlatformServerOptions
            {
                Urls = _options.Urls, StopWithin = PlatformLimits.StopWithin, Metrics = NewMetrics(ports),
            };
            _web = await PlatformServer.StartAsync(server, _options.Web, ports, _parts.Logger, cancellationToken);
        }
        catch
        {
            foreach (var task in Enumerable.Reverse(_tasks))
            {
                await task.DisposeAsync();
            }

            throw;
        }
    }

    private CaptionStage NewStage(CameraId id, CameraParts cameras, IEvidencePictures pictures, EarlierRun earlier)
    {
        var tracker = new IncidentTracker(id, _alerts.Cooldowns);
        tracker.Restore(earlier.OpenIncidents);
        var setup = new CaptionStageSetup
        {
            Rules = CompiledRuleSet.Build(new WatchedCamera(id, id.Value, []), [], cameras.Expressions),
            Tracker = tracker,
            Journal = _backlog,
            Feed = _live,
            Planner = _alerts.Planner,
            Pictures = pictures,
        };
        return new CaptionStage(setup, _parts.TimeProvider, _parts.Logger);
    }

    private PlatformPorts Web() => new()
    {
        Configuration = _configuration,
        Cameras = _fleet,
        CameraTester = _parts.CameraTester,
        LiveVideo = _parts.LiveVideo,
        Captions = _store.Captions,
        Incidents = _store.Incidents,
        IncidentDesk = _desk,
        Outbox = _store.Outbox,
        Webhooks = _alerts.Desk,
        BackTests = _backTests,
        Models = _parts.Models,
        Nodes = new OnlyNode(_fleet, _worker, _parts.Models),
        Live = _live,
        Health = _health,
        TimeProvider = _parts.TimeProvider,
    };

    private static NodeMetrics NewMetrics(PlatformPorts ports) => new(new NodeMetricsSources
    {
        Version = CommandEnvironment.Version,
        Cameras = ports.Cameras.ListAsync,
        Self = () => ports.Nodes.List()[0],
        Installation = ports,
    });

    private Task AnnotateAsync(Incident incident, CancellationToken cancellationToken) =>
        _fleet.AnnotateAsync(incident, cancellationToken);

    private void Begin(string name, Func<CancellationToken, Task> run) => _tasks.Add(PlatformTask.Start(name, run, _parts.Logger));

    private void Apply(PlatformConfiguration before, PlatformConfiguration after)
    {
        Apply(after);
        _live.Publish(new ConfigurationEvent());
    }

    private void Apply(PlatformConfiguration configuration)
    {
        _alerts.Apply(configuration);
        _fleet.Apply(configuration);
    }
}
