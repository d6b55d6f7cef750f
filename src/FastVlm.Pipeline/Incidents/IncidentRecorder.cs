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
    /// <exception cref="StorageException">It was not stored, and nobody was told.</exception>
    public async Task RecordAsync(IncidentChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var deliveries = planner.Plan(change, timeProvider.GetUtcNow());
        await journal.AppendAsync(new StageEntry { Changes = [change], Deliveries = deliveries }, cancellationToken);
        live.Publish(new IncidentEvent(change.Kind, change.Incident) { CameraId = change.Incident.CameraId });
    }
}
