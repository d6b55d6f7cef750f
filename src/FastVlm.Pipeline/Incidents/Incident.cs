using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Incidents;

/// <summary>What an incident is about.</summary>
public enum IncidentKind
{
    /// <summary>A rule holds at a camera.</summary>
    Rule,

    /// <summary>A camera gives no usable picture.</summary>
    CameraDown,

    /// <summary>A webhook endpoint accepts nothing.</summary>
    EndpointDown,
}

public enum IncidentState
{
    Open,
    Cleared,
}

/// <summary>How an incident's opening alert stands.</summary>
public enum AlertState
{
    /// <summary>Handed to the outbox, or there was no endpoint that wants it.</summary>
    Told,

    /// <summary>Held back by the rule's cooldown; told as soon as that is over while the incident is open.</summary>
    HeldBack,
}

/// <summary>A time in which something was wrong. Immutable: a change is a new one with the same id.</summary>
public sealed record Incident
{
    public required IncidentId Id { get; init; }

    public required IncidentKind Kind { get; init; }

    /// <summary>Null for endpoint incidents.</summary>
    public CameraId? CameraId { get; init; }

    /// <summary>Null for the platform's own incidents.</summary>
    public RuleId? RuleId { get; init; }

    /// <summary>Only for endpoint incidents.</summary>
    public EndpointId? EndpointId { get; init; }

    /// <summary>One line for people, e.g. "Part dropped at Line 3".</summary>
    public required string Title { get; init; }

    /// <summary>One sentence: what matched, or what is down and why.</summary>
    public required string Why { get; init; }

    public required Severity Severity { get; init; }

    public required IncidentState State { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The last look at which it was so.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>Why it was cleared, one sentence; null while it is open.</summary>
    public string? ClearReason { get; init; }

    /// <summary>Looks at which it was so.</summary>
    public required long Count { get; init; }

    public AlertState Alert { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    public string? AcknowledgedBy { get; init; }

    /// <summary>A person's judgement: true alert, false alert, or not judged yet.</summary>
    public bool? Verdict { get; init; }

    public string? VerdictNote { get; init; }

    /// <summary>This incident with what people wrote to the other.</summary>
    public Incident AnnotatedAs(Incident other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            AcknowledgedAt = other.AcknowledgedAt,
            AcknowledgedBy = other.AcknowledgedBy,
            Verdict = other.Verdict,
            VerdictNote = other.VerdictNote,
        };
    }
}

/// <summary>What happened to an incident.</summary>
public enum IncidentChangeKind
{
    Opened,

    /// <summary>Seen again.</summary>
    Ongoing,

    /// <summary>A held-back alert is told now.</summary>
    Told,

    Cleared,

    /// <summary>A person acknowledged or judged it.</summary>
    Annotated,
}

/// <param name="Kind">What happened.</param>
/// <param name="Incident">
/// The incident after it. Only with <see cref="IncidentChangeKind.Annotated"/> people's part (acknowledgement, verdict, note)
/// is meant; with every other kind the stored incident keeps its own, which may have been written meanwhile.
/// </param>
/// <param name="Evidence">Only with <see cref="IncidentChangeKind.Opened"/> of a rule.</param>
public sealed record IncidentChange(IncidentChangeKind Kind, Incident Incident, Evidence? Evidence = null);
