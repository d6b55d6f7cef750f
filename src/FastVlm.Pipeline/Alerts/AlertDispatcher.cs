using System.Collections.Concurrent;
using System.Threading.Channels;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// Delivers what the outbox holds: each enabled endpoint has a lane of its own, so that a slow one delays no other. At least
/// once: a delivery may be repeated after a crash, under the same id, and is never lost. What waits for an endpoint that is
/// deleted or disabled is cancelled. Where several processes share the outbox, it delivers only to the endpoints that it holds.
/// </summary>
public sealed class AlertDispatcher(AlertDispatcherOptions options, TimeProvider timeProvider, ILogger logger)
{
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    // A lane is there until it has ended; beginning one and waiting for its end exclude each other.
    private readonly ConcurrentDictionary<EndpointId, Lane> lanes = new();
    private readonly Lock beginning = new();
    private readonly Dictionary<EndpointId, EndpointWatch> watches = [];
    private HashSet<EndpointId> enabledBefore = [];
    private volatile PlatformConfiguration configuration = PlatformConfiguration.Empty;

    /// <summary>From now on these endpoints get deliveries. Returns at once; tries that begin later follow it.</summary>
    public void Apply(PlatformConfiguration applied)
    {
        ArgumentNullException.ThrowIfNull(applied);
        configuration = applied;
        changes.Writer.TryWrite(true);
    }

    /// <summary>Which endpoints this process holds has changed: breaks off what goes to others. Returns at once.</summary>
    public void Recheck()
    {
        // Not with the next round, which may wait for a store that does not answer; who stops the lane waits for it.
        foreach (var (_, lane) in lanes.Where(lane => !Holds(lane.Key)))
        {
            _ = lane.Stop.CancelAsync();
        }

        changes.Writer.TryWrite(true);
    }

    /// <summary>Returns when nothing is delivered any more to these endpoints, which this process no longer holds.</summary>
    public async Task QuiesceAsync(IReadOnlyCollection<EndpointId> endpoints, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Recheck();
        Task[] running;
        lock (beginning)
        {
            running = [.. lanes.Where(lane => endpoints.Contains(lane.Key)).Select(lane => lane.Value.Running)];
        }

        await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    /// <summary>The endpoint as it is configured now; null where there is none.</summary>
    public Entry<EndpointId, EndpointSpec>? Find(EndpointId id) => configuration.Endpoints.FirstOrDefault(endpoint => endpoint.Id == id);

    /// <summary>Deliveries of this endpoint were stored, or are due again. Never waits.</summary>
    public void Wake(EndpointId endpoint)
    {
        if (lanes.TryGetValue(endpoint, out var lane))
        {
            lane.Worker.Wake();
        }
    }

    /// <summary>These deliveries were stored. Never waits.</summary>
    public void Wake(IReadOnlyList<Delivery> deliveries)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        foreach (var endpoint in deliveries.Select(delivery => delivery.EndpointId).Distinct())
        {
            Wake(endpoint);
        }
    }

    /// <summary>Delivers until cancelled; returns when every lane has ended. Call once, after the first <see cref="Apply"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var incident in options.OpenIncidents.Where(incident => incident.Kind == IncidentKind.EndpointDown))
        {
            if (incident.EndpointId is { } endpoint)
            {
                watches[endpoint] = new EndpointWatch(options.Recorder, incident);
            }
        }

        try
        {
            var waits = new RetrySchedule(Limits.StoreRetryFirst, Limits.StoreRetryMax, Limits.RetryJitter, options.Random);
            var isSettled = await ReconcileAsync(isFirst: true, cancellationToken);
            while (true)
            {
                if (isSettled)
                {
                    waits.Reset();
                    await changes.Reader.ReadAsync(cancellationToken);
                }
                else
                {
                    await WaitForChangeAsync(waits.Next(), cancellationToken);
                }

                isSettled = await ReconcileAsync(isFirst: !isSettled, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(lanes.Values.Select(StopAsync));
            lanes.Clear();
        }
    }

    /// <summary>Makes the lanes those of the configuration.</summary>
    /// <returns>False: the store did not take part; come back.</returns>
    private async Task<bool> ReconcileAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var enabled = configuration.Endpoints.Where(endpoint => endpoint.Spec.Enabled).ToDictionary(endpoint => endpoint.Id);
        await StopLanesAsync(enabled);
        var ended = TakeEnded(enabled);
        try
        {
            foreach (var (id, endpoint) in enabled.Where(endpoint => Holds(endpoint.Key)))
            {
                if (lanes.TryGetValue(id, out var lane))
                {
                    lane.Worker.Endpoint = endpoint;
                }
                else
                {
                    Begin(endpoint, await WatchAsync(id, isFirst, cancellationToken));
                }
            }

            var idle = isFirst ? await IdleEndpointsAsync([.. enabled.Keys], cancellationToken) : [];
            foreach (var id in ended.Union(idle))
            {
                await RetireAsync(id, cancellationToken);
            }

            return true;
        }
        catch (StorageException e)
        {
            logger.EndpointsNotRetired(e.Message);
            return false;
        }
    }

    private async Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(atMost, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time.
            return;
        }
    }

    private bool Holds(EndpointId id) => options.Holds is null || options.Holds(id);

    /// <summary>Stops what is no longer wanted, or is (or was meanwhile) held by another process.</summary>
    private async Task StopLanesAsync(Dictionary<EndpointId, Entry<EndpointId, EndpointSpec>> enabled)
    {
        foreach (var (id, lane) in lanes.Where(lane =>
            !enabled.ContainsKey(lane.Key) || !Holds(lane.Key) || lane.Value.Stop.IsCancellationRequested))
        {
            await StopAsync(lane);
            lanes.TryRemove(id, out _);
            if (enabled.ContainsKey(id))
            {
                watches.Remove(id);
            }
        }
    }

    /// <summary>Endpoints that were deleted or disabled since the last round, whoever held them; and those that are down no more.</summary>
    private HashSet<EndpointId> TakeEnded(Dictionary<EndpointId, Entry<EndpointId, EndpointSpec>> enabled)
    {
        var ended = enabledBefore.Where(id => !enabled.ContainsKey(id)).ToHashSet();
        ended.UnionWith(watches.Keys.Where(id => !enabled.ContainsKey(id) && Find(id)?.Spec.DisabledReason is null));
        enabledBefore = [.. enabled.Keys];
        return ended;
    }

    /// <summary>Endpoints without a lane for which something waits, from before the start: deleted or disabled ones.</summary>
    private async Task<HashSet<EndpointId>> IdleEndpointsAsync(HashSet<EndpointId> wanted, CancellationToken cancellationToken)
    {
        var idle = watches.Keys.Where(id => !wanted.Contains(id)).ToHashSet();
        DeliveryId? before = null;
        while (true)
        {
            var query = new DeliveryQuery { State = DeliveryState.Pending, Before = before, Limit = Limits.PageLengthMax };
            var page = await options.Outbox.FindAsync(query, cancellationToken);
            idle.UnionWith(page.Select(delivery => delivery.EndpointId).Where(id => !wanted.Contains(id)));
            if (page.Count < Limits.PageLengthMax)
            {
                return idle;
            }

            before = page[^1].Id;
        }
    }

    /// <summary>
    /// Cancels what waits; an endpoint that the platform disabled by itself stays down, any other is no longer meant to work.
    /// </summary>
    private async Task RetireAsync(EndpointId id, CancellationToken cancellationToken)
    {
        var endpoint = Find(id);
        if (endpoint is { Spec.Enabled: true })
        {
            // It was enabled again meanwhile.
            return;
        }

        var reason = endpoint is null ? "The endpoint was deleted." : "The endpoint was disabled.";
        var count = await options.Outbox.CancelPendingAsync(id, reason, cancellationToken);
        if (count > 0)
        {
            logger.DeliveriesCancelled(count, endpoint?.Spec.Name ?? id.Value, reason);
        }

        if (endpoint?.Spec.DisabledReason is null && watches.TryGetValue(id, out var watch))
        {
            await watch.ClearAsync(timeProvider.GetUtcNow(), cancellationToken);
            watches.Remove(id);
        }
    }

    private async Task<EndpointWatch> WatchAsync(EndpointId id, bool isFirst, CancellationToken cancellationToken)
    {
        var known = watches.GetValueOrDefault(id);
        var watch = options.FindDown is { } findDown
            ? new EndpointWatch(options.Recorder, await findDown(id, cancellationToken))
            : known ?? new EndpointWatch(options.Recorder, open: null);
        if (known is not null && !isFirst)
        {
            watch.Resume(timeProvider.GetUtcNow());
        }

        return watches[id] = watch;
    }

    private void Begin(Entry<EndpointId, EndpointSpec> endpoint, EndpointWatch watch)
    {
        lock (beginning)
        {
            // It may have gone to another process while the store was asked.
            if (Holds(endpoint.Id))
            {
                var worker = new EndpointLane(endpoint, watch, options, timeProvider, logger);

                // Not disposed: it has no timer, and a recheck may come at any time.
                var stop = new CancellationTokenSource();
                lanes[endpoint.Id] = new Lane(worker, stop, Task.Run(() => SuperviseAsync(worker, stop.Token)));
            }
        }
    }

    /// <summary>A defect in one lane neither ends it nor touches the others.</summary>
    private async Task SuperviseAsync(EndpointLane worker, CancellationToken cancellationToken)
    {
        var waits = new RetrySchedule(Limits.StoreRetryFirst, Limits.StoreRetryMax, Limits.RetryJitter, new Random(options.Random.Next()));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await worker.RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception defect)
            {
                logger.LaneDefect(defect, worker.Endpoint.Spec.Name);
                await Task.Delay(waits.Next(), timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task StopAsync(Lane lane)
    {
        await lane.Stop.CancelAsync();
        await lane.Running;
    }

    private sealed record Lane(EndpointLane Worker, CancellationTokenSource Stop, Task Running);
}
