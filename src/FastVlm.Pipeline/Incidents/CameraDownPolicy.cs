using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Incidents;

/// <summary>
/// Decides, for one camera, when it counts as down: after it gave no usable picture for <see cref="Limits.CameraDownAfter"/>;
/// and as up again: after it did for <see cref="Limits.CameraUpAfter"/>, so that a camera that comes and goes is one incident
/// and not hundreds. Time is an argument; knows nothing of why a picture is not usable beyond the status it is given.
/// </summary>
public sealed class CameraDownPolicy
{
    private readonly CameraId cameraId;
    private Incident? open;
    private DateTimeOffset? badSince;
    private DateTimeOffset? goodSince;
    private bool wasBad;

    /// <param name="cameraId">The camera.</param>
    /// <param name="open">The open incident of an earlier run of the platform; null where there is none.</param>
    public CameraDownPolicy(CameraId cameraId, Incident? open)
    {
        this.cameraId = cameraId;
        this.open = open;
    }

    /// <summary>Takes the camera's status into account.</summary>
    /// <param name="status">As it is now.</param>
    /// <param name="cameraName">For people.</param>
    /// <param name="now">Not before the last call's.</param>
    /// <returns>Null where nothing changed.</returns>
    public IncidentChange? Advance(CameraStatus status, string cameraName, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (status.State is CameraState.Ended or CameraState.Disabled)
        {
            (badSince, goodSince, wasBad) = (null, null, false);
            return open is null ? null : Clear("The camera was switched off.", now);
        }

        return status.State == CameraState.Live ? Good(now) : Bad(status, cameraName, now);
    }

    /// <summary>A person acknowledged or judged the incident.</summary>
    public void Annotate(Incident annotated)
    {
        ArgumentNullException.ThrowIfNull(annotated);
        open = open?.Id == annotated.Id ? open.AnnotatedAs(annotated) : open;
    }

    /// <summary>The camera was removed.</summary>
    public IncidentChange? End(DateTimeOffset now) => open is null ? null : Clear("The camera was removed.", now);

    private IncidentChange? Good(DateTimeOffset now)
    {
        goodSince ??= now;
        wasBad = false;
        if (now - goodSince < Limits.CameraUpAfter)
        {
            return null;
        }

        badSince = null;
        return open is null ? null : Clear("The camera gives pictures again.", now);
    }

    private IncidentChange? Bad(CameraStatus status, string cameraName, DateTimeOffset now)
    {
        badSince ??= now;
        goodSince = null;
        var isNewLoss = !wasBad;
        wasBad = true;
        if (open is null)
        {
            return now - badSince < Limits.CameraDownAfter ? null : Open(status, cameraName, now);
        }

        if (!isNewLoss && (status.Reason is null || status.Reason == open.Why))
        {
            return null;
        }

        open = open with
        {
            Why = status.Reason ?? open.Why,
            Count = open.Count + (isNewLoss ? 1 : 0),
            LastSeenAt = now,
        };
        return new IncidentChange(IncidentChangeKind.Ongoing, open);
    }

    private IncidentChange Open(CameraStatus status, string cameraName, DateTimeOffset now)
    {
        open = new Incident
        {
            Id = IncidentId.New(now),
            Kind = IncidentKind.CameraDown,
            CameraId = cameraId,
            Title = $"Camera down: {cameraName}",
            Why = status.Reason ?? $"The camera gave no picture for {Limits.CameraDownAfter.TotalSeconds:0} s.",
            Severity = Severity.Critical,
            State = IncidentState.Open,
            OpenedAt = now,
            LastSeenAt = now,
            Count = 1,
        };
        return new IncidentChange(IncidentChangeKind.Opened, open);
    }

    private IncidentChange Clear(string why, DateTimeOffset now)
    {
        var cleared = open! with { State = IncidentState.Cleared, ClearedAt = now, Why = why };
        open = null;
        return new IncidentChange(IncidentChangeKind.Cleared, cleared);
    }
}
