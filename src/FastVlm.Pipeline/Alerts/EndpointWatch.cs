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
    private readonly AlertDispatcherOptions options;
    private readonly Action<IReadOnlyList<Delivery>> wake;
    private EndpointHealth health;
    private Incident? open;

    /// <param name="options">Where changes go.</param>
    /// <param name="open">Its open incident; null where there is none.</param>
    /// <param name="wake">Told of new deliveries once they are stored.</param>
    public EndpointWatch(AlertDispatcherOptions options, Incident? open, Action<IReadOnlyList<Delivery>> wake)
    {
        this.options = options;
        this.open = open;
        this.wake = wake;
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
            await AppendAsync(IncidentChangeKind.Opened, Opened(endpoint, error, now), now, cancellationToken);
        }
        else if (health.IsDown && open is { } ongoing)
        {
            var seen = await PresentAsync(ongoing, cancellationToken);
            seen = seen with { Count = seen.Count + 1, LastSeenAt = now, Why = WhyOf(endpoint, error, seen.OpenedAt, now) };
            await AppendAsync(IncidentChangeKind.Ongoing, seen, now, cancellationToken);
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
            var cleared = await PresentAsync(last, cancellationToken) with { State = IncidentState.Cleared, ClearedAt = now };
            await AppendAsync(IncidentChangeKind.Cleared, cleared, now, cancellationToken);
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

    /// <summary>With what people have written to it since.</summary>
    private async Task<Incident> PresentAsync(Incident last, CancellationToken cancellationToken)
    {
        var stored = options.Incidents is { } incidents ? await incidents.FindAsync(last.Id, cancellationToken) : null;
        return stored is null
            ? last
            : last with
            {
                AcknowledgedAt = stored.AcknowledgedAt,
                AcknowledgedBy = stored.AcknowledgedBy,
                Verdict = stored.Verdict,
                VerdictNote = stored.VerdictNote,
            };
    }

    private async Task AppendAsync(IncidentChangeKind kind, Incident incident, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var change = new IncidentChange(kind, incident);
        var deliveries = options.Planner.Plan(change, now);
        await options.Journal.AppendAsync(new StageEntry { Changes = [change], Deliveries = deliveries }, cancellationToken);
        open = kind == IncidentChangeKind.Cleared ? null : incident;
        wake(deliveries);
        options.Observer.OnIncident(change);
    }
}
