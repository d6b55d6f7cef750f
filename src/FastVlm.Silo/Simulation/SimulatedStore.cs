using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Silo.Simulation;

/// <summary>What all nodes share instead of a database, in memory: epochs, the stages' state and incidents. Tells the audit.</summary>
internal sealed class SimulatedStore(int cameras, SimulationAudit audit, LookLedger ledger) : IStageJournal, ICameraFences, IIncidentLog
{
    private readonly StoredCamera[] stored = [.. Enumerable.Range(0, cameras).Select(_ => new StoredCamera())];
    private long entries;
    private long refused;

    /// <summary>Transactions so far.</summary>
    public long Entries => Interlocked.Read(ref entries);

    /// <summary>Entries of feeds and stages that had been replaced by newer ones.</summary>
    public long Refused => Interlocked.Read(ref refused);

    public Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var fence = entry.Fence ?? throw new ArgumentException("A node's entry has a fence.", nameof(entry));
        var number = SimulatedStory.NumberOf(fence.CameraId);
        var camera = stored[number];
        try
        {
            lock (camera)
            {
                Check(fence, camera);
                audit.Stored(number, entry, camera.Open.Count > 0);
                camera.State = entry.State ?? camera.State;
                foreach (var change in entry.Changes)
                {
                    Apply(change, camera);
                }
            }
        }
        finally
        {
            // Also where it was refused: the feed or the stage has to do without.
            if (entry.Caption is not null)
            {
                ledger.Stored(number);
            }
        }

        Interlocked.Increment(ref entries);
        return Task.CompletedTask;
    }

    public Task<long> TakeFeedAsync(CameraId camera, string holder, CancellationToken cancellationToken)
    {
        var taken = Of(camera);
        lock (taken)
        {
            return Task.FromResult(++taken.FeedEpoch);
        }
    }

    public Task<StageTakeover> TakeStageAsync(CameraId camera, string holder, CancellationToken cancellationToken)
    {
        var taken = Of(camera);
        lock (taken)
        {
            return Task.FromResult(new StageTakeover(
                ++taken.StageEpoch, taken.State, [.. taken.Open.Values], [], new Dictionary<IncidentId, RuleId>()));
        }
    }

    public Task<IReadOnlyList<Incident>> FindAsync(IncidentQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var of = query.CameraId is { } camera ? OpenOf(Of(camera)) : stored.SelectMany(OpenOf);
        return Task.FromResult<IReadOnlyList<Incident>>(
            [.. of.Where(incident => query.Kind is null || incident.Kind == query.Kind).Take(query.Limit)]);
    }

    public Task<Incident?> FindAsync(IncidentId id, CancellationToken cancellationToken) =>
        Task.FromResult(stored.SelectMany(OpenOf).FirstOrDefault(incident => incident.Id == id));

    public Task<IReadOnlyList<Incident>> ListOpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Incident>>([.. stored.SelectMany(OpenOf)]);

    public Task<IReadOnlyList<LastTold>> ListLastToldAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LastTold>>([]);

    public Task<Evidence?> FindEvidenceAsync(IncidentId id, CancellationToken cancellationToken) => Task.FromResult<Evidence?>(null);

    public Task<byte[]?> ReadPictureAsync(IncidentId id, int index, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    private static IReadOnlyList<Incident> OpenOf(StoredCamera camera)
    {
        lock (camera)
        {
            return [.. camera.Open.Values];
        }
    }

    private static void Apply(IncidentChange change, StoredCamera camera)
    {
        if (change.Incident.State == IncidentState.Open)
        {
            camera.Open[change.Incident.Id] = change.Incident;
        }
        else
        {
            camera.Open.Remove(change.Incident.Id);
        }
    }

    private void Check(Fence fence, StoredCamera camera)
    {
        var side = fence.FeedEpoch is { } feed && feed != camera.FeedEpoch ? FenceSide.Feed
            : fence.StageEpoch is { } stage && stage != camera.StageEpoch ? FenceSide.Stage
            : (FenceSide?)null;
        if (side is { } older)
        {
            Interlocked.Increment(ref refused);
            throw new FencedException(older, $"Camera '{fence.CameraId}' has a newer {older}.");
        }
    }

    private StoredCamera Of(CameraId camera) => stored[SimulatedStory.NumberOf(camera)];

    private sealed class StoredCamera
    {
        public long FeedEpoch { get; set; }

        public long StageEpoch { get; set; }

        public TrackerState? State { get; set; }

        public Dictionary<IncidentId, Incident> Open { get; } = [];
    }
}

/// <summary>The configuration that all nodes read.</summary>
internal sealed class SimulatedConfiguration : IConfigurationStore
{
    private volatile StoredConfiguration stored = new(PlatformConfiguration.Empty, 0);

    public void Publish(PlatformConfiguration configuration) => stored = new StoredConfiguration(configuration, stored.Version + 1);

    public Task<StoredConfiguration> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(stored);

    public Task<long?> SaveAsync(PlatformConfiguration configuration, long replaces, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nobody changes the configuration of a simulation.");
}

/// <summary>There are no receivers.</summary>
internal sealed class NoDeliveries : IDeliveryPlanner
{
    public IReadOnlyList<Delivery> Plan(IncidentChange change, DateTimeOffset now) => [];
}
