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
/// deleted or disabled is cancelled.
/// </summary>
public sealed class AlertDispatcher(AlertDispatcherOptions options, TimeProvider timeProvider, ILogger logger)
{
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ConcurrentDictionary<EndpointId, Lane> lanes = new();
    private readonly Dictionary<EndpointId, EndpointWatch> watches = [];
    private volatile PlatformConfiguration configuration = PlatformConfiguration.Empty;

    /// <summary>From now on these endpoints get deliveries. Returns at once; tries that begin later follow it.</summary>
    public void Apply(PlatformConfiguration applied)
    {
        ArgumentNullException.ThrowIfNull(applied);
        configuration = applied;
        changes.Writer.TryWrite(true);
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
        }
    }

    /// <summary>Makes the lanes those of the configuration.</summary>
    /// <returns>False: the store did not take part; come back.</returns>
    private async Task<bool> ReconcileAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var wanted = configuration.Endpoints.Where(endpoint => endpoint.Spec.Enabled).ToDictionary(endpoint => endpoint.Id);
        foreach (var (id, endpoint) in wanted)
        {
            if (lanes.TryGetValue(id, out var lane))
            {
                lane.Worker.Endpoint = endpoint;
            }
            else
            {
                lanes[id] = Start(endpoint, isFirst, cancellationToken);
            }
        }

        var ended = lanes.Keys.Where(id => !wanted.ContainsKey(id)).ToHashSet();
        foreach (var id in ended)
        {
            if (lanes.TryRemove(id, out var lane))
            {
                await StopAsync(lane);
            }
        }

        try
        {
            var idle = isFirst ? await IdleEndpointsAsync([.. wanted.Keys], cancellationToken) : [];
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

    private Lane Start(Entry<EndpointId, EndpointSpec> endpoint, bool isFirst, CancellationToken cancellationToken)
    {
        if (!watches.TryGetValue(endpoint.Id, out var watch))
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
