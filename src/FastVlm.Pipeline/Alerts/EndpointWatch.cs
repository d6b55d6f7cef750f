using FastVlm.Pipeline.Alerts.Payloads;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// The incident of one endpoint: opened when it is down, told to the other endpoints, cleared when it accepts again or is no
/// longer meant to. One caller at a time.
/// </summary>
internal sealed class EndpointWatch
{
    private readonly IncidentRecorder? recorder;
    private EndpointHealth health;
    private Incident? open;

    /// <param name="recorder">Where changes go; null: nowhere.</param>
    /// <param name="open">Its open incident; null where there is none.</param>
    public EndpointWatch(IncidentRecorder? recorder, Incident? open)
    {
        this.recorder = recorder;
        this.open = open;
        health = new EndpointHealth(open?.OpenedAt);
    }

    /// <summary>Takes the end of a try into account.</summary>
    /// <returns>Why the endpoint is to be disabled; null where it is not.</returns>
    /// <exception cref="StorageException">The change was not stored; the next try brings it again.</exception>
    public async Task<string?> AdvanceAsync(
        Entry<EndpointId, EndpointSpec> endpoint, WebhookResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var verdict = health.Advance(result.Answer, now);
        var error = result.Attempt.Error ?? "";
        if (health.IsDown && open is null)
        {
            await RecordAsync(IncidentChangeKind.Opened, Opened(endpoint, error, now), now, cancellationToken);
        }
        else if (health.IsDown && open is { } ongoing)
        {
            var why = WhyOf(endpoint, error, ongoing.OpenedAt, now);
            var seen = ongoing with { Count = ongoing.Count + 1, LastSeenAt = now, Why = why };
            await RecordAsync(IncidentChangeKind.Ongoing, seen, now, cancellationToken);
        }
        else if (!health.IsDown)
        {
            await ClearAsync(now, cancellationToken);
        }

        return verdict != EndpointVerdict.Abandon ? null
            : result.Answer == WebhookAnswer.Gone ? "The receiver answered 410: it is gone for good."
            : $"It accepted nothing at {health.FailureCount} tries over {Limits.EndpointAbandonAfter.TotalDays:0} days; the last: {error}";
    }

    /// <summary>It was enabled again: what it did before is forgiven, its open incident waits for the first accepted try.</summary>
    public void Resume(DateTimeOffset now) => health = new EndpointHealth(open is null ? null : now);

    /// <summary>It accepts again, was deleted, or a person disabled it: nothing is down any more.</summary>
    /// <exception cref="StorageException">The incident is still open.</exception>
    public async Task ClearAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (open is { } last)
        {
            var cleared = last with { State = IncidentState.Cleared, ClearedAt = now };
            await RecordAsync(IncidentChangeKind.Cleared, cleared, now, cancellationToken);
        }
    }

    private static Incident Opened(Entry<EndpointId, EndpointSpec> endpoint, string error, DateTimeOffset now) => new()
    {
        Id = IncidentId.New(now),
        Kind = IncidentKind.EndpointDown,
        EndpointId = endpoint.Id,
        Title = $"Webhook '{endpoint.Spec.Name}' accepts nothing",
        Why = WhyOf(endpoint, error, now, now),
        Severity = Severity.Critical,
        State = IncidentState.Open,
        OpenedAt = now,
        LastSeenAt = now,
        Count = 1,
        Alert = AlertState.Told,
    };

    private static string WhyOf(Entry<EndpointId, EndpointSpec> endpoint, string error, DateTimeOffset openedAt, DateTimeOffset now)
    {
        var since = now > openedAt ? $" for {PayloadText.Length(now - openedAt)}" : "";
        return $"Messages to '{endpoint.Spec.Name}' wait{since}. {error}";
    }

    private async Task RecordAsync(IncidentChangeKind kind, Incident incident, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (recorder is not null)
        {
            await recorder.RecordAsync(new IncidentChange(kind, incident), now, cancellationToken);
        }

        open = kind == IncidentChangeKind.Cleared ? null : incident;
    }
}
