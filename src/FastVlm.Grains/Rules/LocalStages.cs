using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Rules;

/// <summary>What the stages of a node share.</summary>
public sealed record StageParts
{
    public required IConfigurationDesk Configuration { get; init; }

    public required ICameraFences Fences { get; init; }

    public required JournalBacklog Journal { get; init; }

    public required IDeliveryPlanner Planner { get; init; }

    public required ILiveFeed Live { get; init; }

    public ExpressionCache Expressions { get; init; } = new();
}

/// <summary>
/// The stages whose grains live on this node. Opens them with what was stored of the camera, gives them the rules of the
/// present configuration, and lets time pass for them once a second.
/// </summary>
public sealed class LocalStages : BackgroundService
{
    private readonly StageParts parts;
    private readonly IGrainFactory grains;
    private readonly ILocalSiloDetails self;
    private readonly TimeProvider timeProvider;
    private readonly ILogger<LocalStages> logger;
    private readonly ConcurrentDictionary<LocalStage, bool> open = new();
    private readonly ConfiguredCameras configured = new();

    public LocalStages(
        StageParts parts, IGrainFactory grains, ILocalSiloDetails self, TimeProvider timeProvider, ILogger<LocalStages> logger)
    {
        ArgumentNullException.ThrowIfNull(parts);
        this.parts = parts;
        this.grains = grains;
        this.self = self;
        this.timeProvider = timeProvider;
        this.logger = logger;
        parts.Configuration.Changed += (_, after) => Apply(after);
    }

    public int Count => open.Count;

    /// <exception cref="StorageException">What was stored of the camera cannot be read now.</exception>
    internal async Task<LocalStage> OpenAsync(CameraId camera, CancellationToken cancellationToken)
    {
        var takeover = await parts.Fences.TakeStageAsync(camera, self.Name, cancellationToken);
        var cooldowns = new CooldownLedger();
        cooldowns.Restore(takeover.LastTold);
        var tracker = new IncidentTracker(camera, cooldowns);
        tracker.Restore(takeover.Open, takeover.State);
        var pictures = new GrainEvidence(grains, logger);
        var setup = new CaptionStageSetup
        {
            Rules = RulesOf(camera, parts.Configuration.Current),
            Tracker = tracker,
            Journal = parts.Journal,
            Feed = parts.Live,
            Planner = parts.Planner,
            Pictures = pictures,
            Epoch = takeover.Epoch,
        };
        var stage = new LocalStage(camera, new CaptionStage(setup, timeProvider, logger), pictures, cooldowns);
        open[stage] = true;
        logger.StageOpened(camera.Value, takeover.Epoch);
        return stage;
    }

    internal async Task CloseAsync(LocalStage stage)
    {
        open.TryRemove(stage, out _);
        stage.Stage.Dispose();

        // What it told must be on disk before the next one reads what is open.
        await parts.Journal.WhenStoredAsync(stage.Camera)
            .WaitAsync(ClusterLimits.StageClosesWithin, timeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Limits.CameraWatchPeriod, timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Task.WhenAll(open.Keys.Select(TickAsync));
        }
    }

    private void Apply(PlatformConfiguration configuration)
    {
        foreach (var stage in open.Keys)
        {
            stage.Stage.Rules = RulesOf(stage.Camera, configuration);
        }
    }

    /// <summary>A camera that is configured no more has no rules: whatever is still open of it is cleared.</summary>
    private CompiledRuleSet RulesOf(CameraId camera, PlatformConfiguration configuration)
    {
        var spec = configured.Find(configuration, camera)?.Spec;
        var watched = new WatchedCamera(camera, spec?.Name ?? camera.Value, spec?.Tags ?? []);
        return CompiledRuleSet.Build(watched, spec is null ? [] : configuration.Rules, parts.Expressions);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A defect in one camera's stage must not stop the time of the others.")]
    private async Task TickAsync(LocalStage stage)
    {
        try
        {
            await stage.Stage.TickAsync(CancellationToken.None);
        }
        catch (FencedException fenced)
        {
            // Judged elsewhere by now. The grain learns it with its next caption; until then no time passes here.
            open.TryRemove(stage, out _);
            logger.StageFenced(stage.Camera.Value, fenced.Message);
        }
        catch (Exception defect)
        {
            logger.StageDefect(defect, stage.Camera.Value);
        }
    }
}

/// <summary>A camera's stage on this node.</summary>
/// <param name="camera">The camera.</param>
/// <param name="stage">Its stage.</param>
/// <param name="pictures">Where its evidence comes from.</param>
/// <param name="cooldowns">Of its rules.</param>
public sealed class LocalStage(CameraId camera, CaptionStage stage, GrainEvidence pictures, CooldownLedger cooldowns)
{
    public CameraId Camera => camera;

    public CaptionStage Stage => stage;

    public CooldownLedger Cooldowns => cooldowns;

    /// <exception cref="FencedException">The feed or this stage was started anew elsewhere.</exception>
    public async Task<CaptionRecord> PublishAsync(LookWire look)
    {
        ArgumentNullException.ThrowIfNull(look);
        pictures.Silo = look.Silo;

        // Nobody's wait ends it half-way: a caption that was handed over is judged and stored.
        return (await stage.PublishAsync(look.Caption.Read<Caption>(), look.FeedEpoch, CancellationToken.None))!;
    }
}
