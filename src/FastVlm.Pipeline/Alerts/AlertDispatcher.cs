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

    private readonly ConcurrentDictionary<EndpointId, Lane> lanes = new();
    private readonly Dictionary<EndpointId, EndpointWatch> watches = [];
    private volatile PlatformConfiguration configuration = PlatformConfiguration.Empty;
    private volatile TaskCompletionSource lanesStopped = NewSignal();

    /// <summary>From now on these endpoints get deliveries. Returns at once; tries that begin later follow it.</summary>
    public void Apply(PlatformConfiguration applied)
    {
        ArgumentNullException.ThrowIfNull(applied);
        configuration = applied;
        changes.Writer.TryWrite(true);
    }

    /// <summary>Which endpoints this process holds has changed. Returns at once.</summary>
    public void Recheck() => changes.Writer.TryWrite(true);

    /// <summary>Returns when nothing is delivered any more to these endpoints, which this process no longer holds.</summary>
    public async Task QuiesceAsync(IReadOnlyCollection<EndpointId> endpoints, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        while (true)
        {
            var next = lanesStopped.Task;
            if (!endpoints.Any(lanes.ContainsKey))
            {
                return;
            }

            Recheck();
            await next.WaitAsync(cancellationToken);
        }
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
                    await Task.Delay(waits.Next(), timeProvider, cancellationToken);
                }

                isSettled = await ReconcileAsync(isFirst: !isSettled, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(lanes.Values.Select(StopAsync));
            lanes.Clear();
            SignalLanesStopped();
        }
    }

    /// <summary>Makes the lanes those of the configuration.</summary>
    /// <returns>False: the store did not take part; come back.</returns>
    private async Task<bool> ReconcileAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var enabled = configuration.Endpoints.Where(endpoint => endpoint.Spec.Enabled).ToDictionary(endpoint => endpoint.Id);
        var ended = await StopLanesAsync(enabled);
        SignalLanesStopped();
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
                    lanes[id] = await StartAsync(endpoint, isFirst, cancellationToken);
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void SignalLanesStopped()
    {
        var stopped = lanesStopped;
        lanesStopped = NewSignal();
        stopped.SetResult();
    }

    private bool Holds(EndpointId id) => options.Holds is null || options.Holds(id);

    /// <summary>Stops what is no longer wanted, or is held by another process now.</summary>
    /// <returns>Endpoints that are deleted or disabled; the others go on elsewhere.</returns>
    private async Task<HashSet<EndpointId>> StopLanesAsync(Dictionary<EndpointId, Entry<EndpointId, EndpointSpec>> enabled)
    {
        var ended = new HashSet<EndpointId>();
        foreach (var id in lanes.Keys.Where(id => !enabled.ContainsKey(id) || !Holds(id)).ToList())
        {
            if (lanes.TryRemove(id, out var lane))
            {
                await StopAsync(lane);
            }

            if (!enabled.ContainsKey(id))
            {
                ended.Add(id);
            }
            else
            {
                watches.Remove(id);
            }
        }

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

    private async Task<Lane> StartAsync(Entry<EndpointId, EndpointSpec> endpoint, bool isFirst, CancellationToken cancellationToken)
    {
        var watch = watches.GetValueOrDefault(endpoint.Id);
        if (options.FindDown is { } findDown)
        {
            watches[endpoint.Id] = watch = new EndpointWatch(options.Recorder, await findDown(endpoint.Id, cancellationToken));
        }
        else if (watch is null)
        {
            watches[endpoint.Id] = watch = new EndpointWatch(options.Recorder, open: null);
        }
        else if (!isFirst)
        {
            watch.Resume(timeProvider.GetUtcNow());
        }

        var worker = new EndpointLane(endpoint, watch, options, timeProvider, logger);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new Lane(worker, stop, SuperviseAsync(worker, stop.Token));
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
        lane.Stop.Dispose();
    }

    private sealed record Lane(EndpointLane Worker, CancellationTokenSource Stop, Task Running);
}
