using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Incidents;

/// <summary>
/// Makes changes that no caption caused durable, then visible: cameras and endpoints that are down, people's annotations.
/// One straight sequence; safe for concurrent use.
/// </summary>
public sealed class IncidentRecorder(IStageJournal journal, IDeliveryPlanner planner, ILiveFeed live, TimeProvider timeProvider)
{
    /// <summary>What must hold for its changes to be stored; null where this is the only process.</summary>
    public Fence? Fence { get; init; }

    /// <exception cref="StorageException">It was not stored, and nobody was told.</exception>
    public Task RecordAsync(IncidentChange change, CancellationToken cancellationToken) =>
        RecordAsync(change, timeProvider.GetUtcNow(), cancellationToken);

    /// <param name="change">What happened.</param>
    /// <param name="at">When: an acknowledgement is told where the incident was acknowledged at this very time.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="StorageException">It was not stored, and nobody was told.</exception>
    public async Task RecordAsync(IncidentChange change, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var deliveries = planner.Plan(change, at);
        await journal.AppendAsync(
            new StageEntry { Changes = [change], Deliveries = deliveries, Fence = Fence }, cancellationToken);
        live.Publish(new IncidentEvent(change.Kind, change.Incident) { CameraId = change.Incident.CameraId });
    }
}
