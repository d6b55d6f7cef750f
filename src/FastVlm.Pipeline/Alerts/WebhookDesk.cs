using FastVlm.Pipeline.Alerts.Payloads;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Tests endpoints and sends deliveries again, at people's word.</summary>
public sealed class WebhookDesk(
    AlertDispatcher dispatcher, AlertDispatcherOptions options, IStageJournal journal, TimeProvider timeProvider) : IWebhookDesk
{
    private static readonly DeliveryState[] Unaccepted = [DeliveryState.Failed, DeliveryState.Cancelled];

    public async Task<WebhookTest?> TestAsync(EndpointId id, CancellationToken cancellationToken)
    {
        if (dispatcher.Find(id) is not { } endpoint)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        var delivery = new Delivery
        {
            Id = DeliveryId.New(now),
            EndpointId = id,
            EventType = WebhookEventNames.Test,
            Payload = PayloadWriter.WriteTest(endpoint, now),
            CreatedAt = now,
        };
        var result = await options.Sender.SendAsync(delivery, endpoint.Spec, cancellationToken);

        // Written when it is over, so that a crash leaves no test that waits for ever; one try is all.
        var tried = new DeliverySchedule([], options.Random).After(delivery, result);
        await journal.AppendAsync(new StageEntry { Deliveries = [tried] }, cancellationToken);
        await options.Outbox.RecordAsync(result.Attempt, tried, cancellationToken);
        options.Observer.OnTry(tried, result.Attempt);
        return new WebhookTest(tried, result.Attempt);
    }

    public async Task<ReplayResult> ReplayAsync(DeliveryId id, CancellationToken cancellationToken)
    {
        if (await options.Outbox.FindAsync(id, cancellationToken) is not { } delivery
            || dispatcher.Find(delivery.EndpointId) is not { } endpoint)
        {
            return new ReplayResult(ReplayStatus.NotFound, 0);
        }

        return endpoint.Spec.Enabled
            ? new ReplayResult(ReplayStatus.Done, await ReplayAsync(delivery.EndpointId, [id], cancellationToken))
            : new ReplayResult(ReplayStatus.EndpointDisabled, 0);
    }

    public async Task<ReplayResult> ReplayAsync(EndpointId endpoint, ReplayRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(range);
        if (dispatcher.Find(endpoint) is not { } entry)
        {
            return new ReplayResult(ReplayStatus.NotFound, 0);
        }

        if (!entry.Spec.Enabled)
        {
            return new ReplayResult(ReplayStatus.EndpointDisabled, 0);
        }

        var count = 0;
        foreach (var state in range.States.Count > 0 ? range.States.Distinct() : Unaccepted)
        {
            count += await ReplayAsync(
                new DeliveryQuery
                {
                    EndpointId = endpoint,
                    State = state,
                    From = range.From,
                    To = range.To,
                    Limit = Limits.PageLengthMax,
                },
                cancellationToken);
        }

        return new ReplayResult(ReplayStatus.Done, count);
    }

    /// <summary>Page by page, each in a transaction of its own, so that writers are not held up.</summary>
    private async Task<int> ReplayAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        var count = 0;
        while (true)
        {
            var page = await options.Outbox.FindAsync(query, cancellationToken);
            var ids = page.Where(delivery => delivery.EventType != WebhookEventNames.Test).Select(delivery => delivery.Id).ToList();
            count += ids.Count == 0 ? 0 : await ReplayAsync(query.EndpointId!.Value, ids, cancellationToken);
            if (page.Count < query.Limit)
            {
                return count;
            }

            query = query with { Before = page[^1].Id };
        }
    }

    private async Task<int> ReplayAsync(EndpointId endpoint, IReadOnlyList<DeliveryId> ids, CancellationToken cancellationToken)
    {
        var count = await options.Outbox.ReplayAsync(ids, timeProvider.GetUtcNow(), cancellationToken);
        dispatcher.Wake(endpoint);
        return count;
    }
}
