using System.Collections.Concurrent;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>Takes everything and keeps nothing but epochs, so that the editions are compared without their databases.</summary>
internal sealed class MemoryStore : IStageJournal, ICameraFences, IIncidentLog
{
    private readonly ConcurrentDictionary<CameraId, long> _feeds = new();
    private readonly ConcurrentDictionary<CameraId, long> _stages = new();

    public Task AppendAsync(StageEntry entry, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long> TakeFeedAsync(CameraId camera, string holder, CancellationToken cancellationToken) =>
        Task.FromResult(_feeds.AddOrUpdate(camera, 1, (_, epoch) => epoch + 1));

    public Task<StageTakeover> TakeStageAsync(CameraId camera, string holder, CancellationToken cancellationToken) =>
        Task.FromResult(new StageTakeover(
            _stages.AddOrUpdate(camera, 1, (_, epoch) => epoch + 1), State: null, [], [], new Dictionary<IncidentId, RuleId>()));

    public Task<IReadOnlyList<Incident>> FindAsync(IncidentQuery query, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Incident>>([]);

    public Task<Incident?> FindAsync(IncidentId id, CancellationToken cancellationToken) => Task.FromResult<Incident?>(null);

    public Task<IReadOnlyList<Incident>> ListOpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Incident>>([]);

    public Task<IReadOnlyList<LastTold>> ListLastToldAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LastTold>>([]);

    public Task<Evidence?> FindEvidenceAsync(IncidentId id, CancellationToken cancellationToken) => Task.FromResult<Evidence?>(null);

    public Task<byte[]?> ReadPictureAsync(IncidentId id, int index, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);
}
