using FastVlm.Benchmarks.Measuring;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;

namespace FastVlm.Benchmarks.Load;

/// <summary>
/// Looks on as a browser does and measures by what it is told: a camera's incidents follow the caption that caused them, and
/// every caption carries the stamps of its own frame, so that the way of the events to us adds nothing.
/// </summary>
internal sealed class LoadObserver
{
    private readonly Dictionary<CameraId, StageStamps> _lastCaption = [];
    private readonly Dictionary<IncidentId, StageStamps> _opened = [];
    private volatile bool _isMeasuring;

    /// <summary>Capture of the frame to the incident on disk, less the model's time for that frame.</summary>
    public Distribution FrameToIncident { get; } = new();

    /// <summary>The same for every caption, whether it opened an incident or not.</summary>
    public Distribution FrameToStored { get; } = new();

    /// <summary>Frame to the receiver's 2xx, less the model's time.</summary>
    public Distribution FrameToDelivered { get; } = new();

    /// <summary>The incident's opening or clearing to the receiver's 2xx.</summary>
    public Distribution IncidentToDelivered { get; } = new();

    public Distribution CaptureToSampled { get; } = new();

    public Distribution SampledToStarted { get; } = new();

    public Distribution Model { get; } = new();

    public Distribution AnswerToMatched { get; } = new();

    public Distribution MatchedToStored { get; } = new();

    public long CaptionsNotStored { get; private set; }

    public long IncidentsOpened { get; private set; }

    public long IncidentsCleared { get; private set; }

    public long Deliveries { get; private set; }

    public long FailedAttempts { get; private set; }

    /// <summary>Events that we were too slow to read; measured figures are incomplete unless it is 0.</summary>
    public long Missed { get; private set; }

    public long Events { get; private set; }

    public void Measure(bool on) => _isMeasuring = on;

    /// <summary>Takes what the hub sends, in its order.</summary>
    public void Take(LiveBatch batch)
    {
        Missed += batch.Dropped;
        foreach (var liveEvent in batch.Events) Take(liveEvent);
    }

    private void Take(LiveEvent liveEvent)
    {
        Events++;
        switch (liveEvent)
        {
            case CaptionEvent { Caption: var caption }:
                _lastCaption[caption.CameraId] = caption.Stamps;
                if (_isMeasuring) TakeCaption(caption.Stamps);
                break;
            case IncidentEvent { Incident: { Kind: IncidentKind.Rule, CameraId: { } camera } } incident when _isMeasuring:
                TakeIncident(incident, camera);
                break;
            case DeliveryEvent { Delivery: var delivery } when _isMeasuring:
                TakeDelivery(delivery);
                break;
        }
    }

    private void TakeCaption(StageStamps stamps)
    {
        CaptureToSampled.Add(stamps.SampledAt!.Value - stamps.CapturedAt);
        SampledToStarted.Add(stamps.StartedAt!.Value - stamps.SampledAt.Value);
        Model.Add(stamps.LastTokenAt!.Value - stamps.StartedAt.Value);
        AnswerToMatched.Add(stamps.MatchedAt!.Value - stamps.LastTokenAt.Value);
        if (stamps.StoredAt is not { } storedAt)
        {
            CaptionsNotStored++;
            return;
        }

        MatchedToStored.Add(storedAt - stamps.MatchedAt.Value);
        FrameToStored.Add(WithoutModel(stamps, storedAt));
    }

    private void TakeIncident(IncidentEvent change, CameraId camera)
    {
        if (change.Change == IncidentChangeKind.Cleared) IncidentsCleared++;
        if (change.Change != IncidentChangeKind.Opened || !_lastCaption.TryGetValue(camera, out var stamps)) return;
        IncidentsOpened++;
        _opened[change.Incident.Id] = stamps;
        if (stamps.StoredAt is { } storedAt) FrameToIncident.Add(WithoutModel(stamps, storedAt));
    }

    private void TakeDelivery(Delivery delivery)
    {
        if (delivery.DeliveredAt is not { } deliveredAt)
        {
            FailedAttempts++;
            return;
        }

        Deliveries++;
        IncidentToDelivered.Add(deliveredAt - delivery.CreatedAt);
        if (delivery.IncidentId is { } id && _opened.Remove(id, out var stamps)) FrameToDelivered.Add(WithoutModel(stamps, deliveredAt));
    }

    private static TimeSpan WithoutModel(StageStamps stamps, DateTimeOffset end) =>
        end - stamps.CapturedAt - (stamps.LastTokenAt!.Value - stamps.StartedAt!.Value);
}
