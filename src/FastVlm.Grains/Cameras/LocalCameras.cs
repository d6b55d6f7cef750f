using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Cameras;

/// <summary>What the cameras of a node need of the cluster.</summary>
public sealed record LocalCameraParts
{
    /// <summary>Without <see cref="CameraParts.OnFenced"/>, which is set here.</summary>
    public required CameraParts Cameras { get; init; }

    public required IConfigurationDesk Configuration { get; init; }

    public required ICameraFences Fences { get; init; }

    public required IIncidentLog Incidents { get; init; }

    public required IStageJournal Journal { get; init; }

    public required IDeliveryPlanner Planner { get; init; }
}

/// <summary>
/// The cameras whose grains live on this node. Starts and stops them for their grains, passes every change of the
/// configuration on to them, and lets time pass for them once a second.
/// </summary>
public sealed class LocalCameras : BackgroundService
{
    private readonly LocalCameraParts parts;
    private readonly CameraParts cameraParts;
    private readonly IGrainFactory grains;
    private readonly ILocalSiloDetails self;
    private readonly TimeProvider timeProvider;
    private readonly ILogger<LocalCameras> logger;
    private readonly ConcurrentDictionary<CameraId, Running> running = new();
    private readonly ConfiguredCameras configured = new();
    private readonly Channel<PlatformConfiguration> changes = Channel.CreateBounded<PlatformConfiguration>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private volatile bool isDraining;

    public LocalCameras(
        LocalCameraParts parts, IGrainFactory grains, ILocalSiloDetails self, TimeProvider timeProvider, ILogger<LocalCameras> logger)
    {
        ArgumentNullException.ThrowIfNull(parts);
        this.parts = parts;
        this.grains = grains;
        this.self = self;
        this.timeProvider = timeProvider;
        this.logger = logger;
        cameraParts = parts.Cameras;
        parts.Configuration.Changed += (_, after) => changes.Writer.TryWrite(after);
    }

    public IEnumerable<CameraId> Ids => running.Keys;

    public int Count => running.Count;

    /// <summary>The node stops soon.</summary>
    public bool IsDraining => isDraining;

    /// <summary>
    /// The node stops: no camera starts here any more, and those that run are to be taken by others. Returns when they are, or
    /// when <see cref="ClusterLimits.HandOverWithin"/> is over, or when nobody takes any.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        isDraining = true;
        var begin = timeProvider.GetTimestamp();
        var (left, moved) = (running.Count, begin);
        while (!running.IsEmpty
            && timeProvider.GetElapsedTime(begin) < ClusterLimits.HandOverWithin
            && timeProvider.GetElapsedTime(moved) < ClusterLimits.HandOverStuckAfter)
        {
            await Task.Delay(ClusterLimits.HandOverLooked, timeProvider, cancellationToken);
            if (running.Count < left)
            {
                (left, moved) = (running.Count, timeProvider.GetTimestamp());
            }
        }
    }

    public CameraSlot? Find(CameraId id) => running.GetValueOrDefault(id)?.Slot;

    public Dictionary<CameraId, CameraReport> Report() => running.ToDictionary(entry => entry.Key, entry => entry.Value.Slot.Report());

    /// <param name="id">The camera.</param>
    /// <param name="giveUp">Ends the camera's grain.</param>
    /// <param name="cancellationToken">Stops the activation.</param>
    /// <exception cref="StorageException">The store gives no epoch now.</exception>
    /// <exception cref="NodeDrainingException">The node stops.</exception>
    internal async Task<CameraSlot> StartAsync(CameraId id, Action giveUp, CancellationToken cancellationToken)
    {
        if (isDraining)
        {
            throw new NodeDrainingException($"Node '{self.Name}' stops; camera '{id}' is to run elsewhere.");
        }

        var epoch = await parts.Fences.TakeFeedAsync(id, self.Name, cancellationToken);
        var query = new IncidentQuery { State = IncidentState.Open, Kind = IncidentKind.CameraDown, CameraId = id, Limit = 1 };
        var down = await parts.Incidents.FindAsync(query, cancellationToken) is [var open, ..] ? open : null;
        var recorder = new IncidentRecorder(parts.Journal, parts.Planner, cameraParts.Live, timeProvider)
        {
            Fence = new Fence(id, epoch, StageEpoch: null),
        };
        var slot = new CameraSlot(
            id,
            cameraParts with { OnFenced = _ => giveUp() },
            _ => new GrainStage(id, epoch, self.Name, grains, timeProvider, logger),
            new CameraDownWatch(id, down, recorder, logger));
        running[id] = new Running(slot, giveUp);
        logger.CameraStarted(id.Value, epoch);
        await ApplyAsync(id, parts.Configuration.Current);
        return slot;
    }

    /// <summary>Returns when the feed has ended and its ffmpeg is gone.</summary>
    internal async Task StopAsync(CameraId id, CameraSlot slot)
    {
        if (running.TryGetValue(id, out var present) && present.Slot == slot)
        {
            running.TryRemove(id, out _);
            present.End();
        }

        await slot.DisposeAsync();
        logger.CameraStopped(id.Value);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(FollowAsync(stoppingToken), WatchAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var configuration in changes.Reader.ReadAllAsync(cancellationToken))
        {
            await Task.WhenAll(running.Keys.Select(id => ApplyAsync(id, configuration)));
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Limits.CameraWatchPeriod, timeProvider);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await Task.WhenAll(running.Select(entry => TickAsync(entry.Key, entry.Value)));
        }
    }

    /// <summary>Switched off here where it is disabled; then, and where it is removed, its grain ends.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A defect at one camera must not keep the others from the change.")]
    private async Task ApplyAsync(CameraId id, PlatformConfiguration configuration)
    {
        if (!running.TryGetValue(id, out var camera))
        {
            return;
        }

        try
        {
            await camera.ApplyAsync(configured.Find(configuration, id), configuration);
        }
        catch (OperationCanceledException)
        {
            // Its grain ended while the store failed.
        }
        catch (Exception defect)
        {
            logger.CameraTickDefect(defect, id.Value);
            camera.GiveUp();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A defect at one camera must not stop the time of the others.")]
    private async Task TickAsync(CameraId id, Running camera)
    {
        try
        {
            await camera.Slot.TickAsync(CancellationToken.None);
        }
        catch (FencedException)
        {
            camera.GiveUp();
        }
        catch (Exception defect)
        {
            logger.CameraTickDefect(defect, id.Value);
        }
    }

    /// <summary>A camera with its grain. Changes come one at a time.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle of the system.")]
    private sealed class Running(CameraSlot slot, Action giveUp)
    {
        // Left to the collector: a change that waits for its turn when the camera stops would otherwise wait for ever.
        private readonly SemaphoreSlim turn = new(1);
        private readonly CancellationTokenSource ended = new();

        public CameraSlot Slot => slot;

        public void GiveUp() => giveUp();

        /// <summary>The grain ends: what is still open of a removed camera stays open for the fleet's next sweep.</summary>
        public void End() => ended.Cancel();

        public async Task ApplyAsync(Entry<CameraId, CameraSpec>? wanted, PlatformConfiguration configuration)
        {
            await turn.WaitAsync();
            try
            {
                if (wanted is null)
                {
                    await slot.RemoveAsync(ended.Token);
                    giveUp();
                    return;
                }

                await slot.ApplyAsync(wanted, configuration);
                if (!wanted.Spec.Enabled)
                {
                    giveUp();
                }
            }
            finally
            {
                turn.Release();
            }
        }
    }
}

/// <summary>The node stops and starts no camera any more.</summary>
[GenerateSerializer, Alias("fastvlm.NodeDrainingException")]
public sealed class NodeDrainingException(string message) : Exception(message);
