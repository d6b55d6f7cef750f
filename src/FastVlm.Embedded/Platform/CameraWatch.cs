using System.Collections.Concurrent;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// Asks each camera once a second how it is doing and records the incidents of those that are down. A change that the
/// store does not take now is tried again, in order, until it does. Lets time pass for the cameras' rules, too.
/// </summary>
internal sealed class CameraWatch(
    CameraFleet fleet, IncidentRecorder recorder, IReadOnlyList<Incident> open, TimeProvider timeProvider, ILogger logger)
{
    private readonly Dictionary<CameraId, CameraDownPolicy> _policies = [];
    private readonly Dictionary<CameraId, Incident> _open = open
        .Where(incident => incident is { Kind: IncidentKind.CameraDown, CameraId: not null })
        .GroupBy(incident => incident.CameraId!.Value)
        .ToDictionary(group => group.Key, group => group.First());
    private readonly Queue<IncidentChange> _pending = new();

    private readonly ConcurrentQueue<Incident> _annotated = new();

    /// <summary>A person acknowledged or judged an incident.</summary>
    public void Annotate(Incident incident) => _annotated.Enqueue(incident);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PlatformLimits.CameraWatchPeriod, timeProvider);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            TakeAnnotations();
            Judge(timeProvider.GetUtcNow());
            await RecordAsync(cancellationToken);
            await fleet.TickAsync(cancellationToken);
        }
    }

    private void TakeAnnotations()
    {
        while (_annotated.TryDequeue(out var incident))
        {
            if (incident.CameraId is { } id && _policies.TryGetValue(id, out var policy))
            {
                policy.Annotate(incident);
            }
        }
    }

    private void Judge(DateTimeOffset now)
    {
        var cameras = fleet.Statuses();
        foreach (var (name, status) in cameras)
        {
            Add(PolicyOf(status.CameraId).Advance(status, name, now));
        }

        // Cameras that were removed, in this run or before it.
        var known = cameras.Select(camera => camera.Status.CameraId).ToHashSet();
        foreach (var gone in _policies.Keys.Concat(_open.Keys).Where(id => !known.Contains(id)).Distinct().ToList())
        {
            Add(PolicyOf(gone).End(now));
            _policies.Remove(gone);
        }
    }

    private CameraDownPolicy PolicyOf(CameraId id)
    {
        if (!_policies.TryGetValue(id, out var policy))
        {
            _policies[id] = policy = new CameraDownPolicy(id, _open.GetValueOrDefault(id));
            _open.Remove(id);
        }

        return policy;
    }

    // At most a few changes per camera wait: an incident opens and clears no faster than its limits allow.
    private void Add(IncidentChange? change)
    {
        if (change is not null)
        {
            _pending.Enqueue(change);
        }
    }

    private async Task RecordAsync(CancellationToken cancellationToken)
    {
        while (_pending.TryPeek(out var change))
        {
            try
            {
                await recorder.RecordAsync(change, timeProvider.GetUtcNow(), cancellationToken);
                _pending.Dequeue();
            }
            catch (StorageException e)
            {
                logger.IncidentWaits(change.Incident.Title, _pending.Count, e.Message);
                return;
            }
        }
    }
}
