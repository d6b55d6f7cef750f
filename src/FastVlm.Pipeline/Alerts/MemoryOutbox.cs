using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// Deliveries in memory, for a watch that keeps nothing on disk: what waits when the process ends is lost. Keeps the last
/// <see cref="Limits.MemoryOutboxLengthMax"/> deliveries; beyond that the oldest goes, done ones before waiting ones, and a
/// waiting one is told as <see cref="OnDropped"/>. Keeps no captions and no incidents. Safe for concurrent use.
/// </summary>
public sealed class MemoryOutbox : IOutbox, IStageJournal
{
    private readonly Lock gate = new();
    private readonly List<Slot> slots = [];

    /// <summary>A delivery that was never accepted and is not kept any longer. Be quick and do not throw.</summary>
    public Action<Delivery>? OnDropped { get; init; }

    /// <summary>Deliveries that wait.</summary>
    public int PendingCount
    {
        get
        {
            lock (gate)
            {
                return slots.Count(slot => slot.IsPending);
            }
        }
    }

    public Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var dropped = new List<Delivery>();
        lock (gate)
        {
            slots.AddRange(entry.Deliveries.Select(delivery => new Slot(delivery)));
            while (slots.Count > Limits.MemoryOutboxLengthMax)
            {
                var slot = slots.Find(slot => !slot.IsPending) ?? slots[0];
                slots.Remove(slot);
                dropped.AddRange(slot.IsPending ? [slot.Delivery] : []);
            }
        }

        dropped.ForEach(delivery => OnDropped?.Invoke(delivery));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Delivery>> ListDueAsync(
        EndpointId endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<Delivery>>(() =>
        [
            .. Pending(endpoint).Where(delivery => delivery.NextAttemptAt <= now).OrderBy(delivery => delivery.NextAttemptAt).Take(limit),
        ]);

    public Task<DateTimeOffset?> NextDueAsync(EndpointId endpoint, CancellationToken cancellationToken) =>
        Read(() => Pending(endpoint).Min(delivery => delivery.NextAttemptAt));

    public Task RecordAsync(DeliveryAttempt attempt, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(delivery);
        return Read(() =>
        {
            if (slots.Find(slot => slot.Delivery.Id == delivery.Id) is { } slot)
            {
                slot.Delivery = delivery;
                slot.Attempts.Add(attempt);
            }

            return true;
        });
    }

    public Task<int> ReplayAsync(IReadOnlyList<DeliveryId> ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        Change(
            slot => ids.Contains(slot.Delivery.Id),
            delivery => delivery with { State = DeliveryState.Pending, NextAttemptAt = now, DeliveredAt = null });

    public Task<int> CancelPendingAsync(EndpointId endpoint, string reason, CancellationToken cancellationToken) =>
        Change(
            slot => slot.IsPending && slot.Delivery.EndpointId == endpoint,
            delivery => delivery with { State = DeliveryState.Cancelled, NextAttemptAt = null, LastResult = reason });

    public Task<IReadOnlyList<Delivery>> FindAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Read<IReadOnlyList<Delivery>>(() =>
        [
            .. slots.Select(slot => slot.Delivery)
                .Reverse()
                .SkipWhile(delivery => query.Before is { } before && delivery.Id != before)
                .Skip(query.Before is null ? 0 : 1)
                .Where(delivery => (query.EndpointId is null || delivery.EndpointId == query.EndpointId)
                    && (query.IncidentId is null || delivery.IncidentId == query.IncidentId)
                    && (query.State is null || delivery.State == query.State)
                    && (query.From is null || delivery.CreatedAt >= query.From)
                    && (query.To is null || delivery.CreatedAt < query.To))
                .Take(query.Limit),
        ]);
    }

    public Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        Read(() => slots.Find(slot => slot.Delivery.Id == id)?.Delivery);

    public Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(DeliveryId id, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<DeliveryAttempt>>(() => [.. slots.Find(slot => slot.Delivery.Id == id)?.Attempts ?? []]);

    private IEnumerable<Delivery> Pending(EndpointId endpoint) =>
        slots.Where(slot => slot.IsPending && slot.Delivery.EndpointId == endpoint).Select(slot => slot.Delivery);

    private Task<int> Change(Predicate<Slot> which, Func<Delivery, Delivery> how) => Read(() =>
    {
        var found = slots.FindAll(which);
        found.ForEach(slot => slot.Delivery = how(slot.Delivery));
        return found.Count;
    });

    private Task<T> Read<T>(Func<T> read)
    {
        lock (gate)
        {
            return Task.FromResult(read());
        }
    }

    private sealed class Slot(Delivery delivery)
    {
        public Delivery Delivery { get; set; } = delivery;

        public List<DeliveryAttempt> Attempts { get; } = [];

        public bool IsPending => Delivery.State == DeliveryState.Pending;
    }
}
