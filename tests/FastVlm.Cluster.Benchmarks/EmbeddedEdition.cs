using FastVlm.Benchmarks.Load;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Inference;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.Silo.Simulation;
using FastVlm.Storage;
using FastVlm.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>The pipeline as the embedded edition puts it together, with its SQLite journal or one in memory.</summary>
internal sealed class EmbeddedEdition(LoadPlan plan, bool onDisk) : Edition(plan)
{
    private readonly TempDirectory _folder = new();
    private readonly List<CameraSlot> _slots = [];
    private SqlitePlatformStore? _store;

    public override async Task StartAsync()
    {
        var logger = NullLogger.Instance;
        if (onDisk)
        {
            _store = await SqlitePlatformStore.OpenAsync(_folder.File("data"), new StorageOptions(), Time, logger, default);
        }

        var journal = new SignallingJournal(_store?.Journal ?? new MemoryStore(), Cameras);
        var backlog = new JournalBacklog(journal, Time, logger);
        var worker = new InferenceWorker(new ScriptedModel(Plan), Time, logger) { Figures = new LookFigures(Time) };
        var live = new LiveFeed(Time);
        Begin(worker.RunAsync);
        Begin(backlog.RunAsync);
        var parts = new CameraParts
        {
            Captioner = worker,
            Sources = Cameras,
            Encoder = new SimulatedPictures(),
            Live = live,
            TimeProvider = Time,
            Logger = logger,
        };
        var configuration = Configuration();
        var recorder = new IncidentRecorder(journal, Planner, live, Time);
        foreach (var camera in configuration.Cameras)
        {
            var slot = new CameraSlot(
                camera.Id, parts, pictures => NewStage(camera.Id, parts, pictures, backlog),
                new CameraDownWatch(camera.Id, open: null, recorder, logger));
            _slots.Add(slot);
            await slot.ApplyAsync(camera, configuration);
        }

        Begin(TickAsync);
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_slots.Select(slot => slot.DisposeAsync().AsTask()));
        await base.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _folder.Dispose();
    }

    private CaptionStage NewStage(CameraId id, CameraParts parts, IEvidencePictures pictures, JournalBacklog backlog)
    {
        var setup = new CaptionStageSetup
        {
            Rules = CompiledRuleSet.Build(new WatchedCamera(id, id.Value, []), [], parts.Expressions),
            Tracker = new IncidentTracker(id, new CooldownLedger()),
            Journal = backlog,
            Feed = parts.Live,
            Planner = Planner,
            Pictures = pictures,
        };
        return new CaptionStage(setup, Time, NullLogger.Instance);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Limits.CameraWatchPeriod, Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await Task.WhenAll(_slots.Select(slot => slot.TickAsync(cancellationToken)));
        }
    }
}
