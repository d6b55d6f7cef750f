using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>A store that fails as often as a test tells it to.</summary>
internal sealed class FailingStore(MemoryOutbox memory) : IOutbox
{
    /// <summary>Tries that will not be stored.</summary>
    public int RecordFailures { get; set; }

    /// <summary>Lists that end with a bug.</summary>
    public int Defects { get; set; }

    /// <summary>Tries are stored once it has ended.</summary>
    public Task RecordsAfter { get; set; } = Task.CompletedTask;

    /// <summary>Tries that are to be stored, or wait for it.</summary>
    public Collector<string> Records { get; } = new("records");

    public Collector<string> Failures { get; } = new("failures of the store");

    public Task<IReadOnlyList<Delivery>> ListDueAsync(
        EndpointId endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Defects-- > 0
            ? throw new InvalidOperationException("a bug")
            : memory.ListDueAsync(endpoint, now, limit, cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(EndpointId endpoint, CancellationToken cancellationToken) =>
        memory.NextDueAsync(endpoint, cancellationToken);

    public async Task RecordAsync(DeliveryAttempt attempt, Delivery delivery, CancellationToken cancellationToken)
    {
        Records.Add(delivery.Id.Value);
        await RecordsAfter;
        if (RecordFailures-- > 0)
        {
            Failures.Add(delivery.Id.Value);
            throw new StorageException("The disk is full.");
        }

        await memory.RecordAsync(attempt, delivery, cancellationToken);
    }

    public Task<int> ReplayAsync(IReadOnlyList<DeliveryId> ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        memory.ReplayAsync(ids, now, cancellationToken);

    public Task<int> CancelPendingAsync(EndpointId endpoint, string reason, CancellationToken cancellationToken) =>
        memory.CancelPendingAsync(endpoint, reason, cancellationToken);

    public Task<IReadOnlyList<Delivery>> FindAsync(DeliveryQuery query, CancellationToken cancellationToken) =>
        memory.FindAsync(query, cancellationToken);

    public Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) => memory.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(DeliveryId id, CancellationToken cancellationToken) =>
        memory.ListAttemptsAsync(id, cancellationToken);
}
