using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;

namespace FastVlm.Embedded.Platform;

/// <summary>What an earlier run of the platform left to go on with.</summary>
/// <param name="OpenIncidents">Every open incident.</param>
/// <param name="LastTold">When each rule last told somebody about each camera.</param>
/// <param name="TellingOf">The rule and camera of incidents whose opening is still to be delivered.</param>
internal sealed record EarlierRun(
    IReadOnlyList<Incident> OpenIncidents,
    IReadOnlyList<LastTold> LastTold,
    IReadOnlyDictionary<IncidentId, (RuleId Rule, CameraId Camera)> TellingOf)
{
    public static async Task<EarlierRun> ReadAsync(SqlitePlatformStore store, CancellationToken cancellationToken) => new(
        await store.Incidents.ListOpenAsync(cancellationToken),
        await store.Incidents.ListLastToldAsync(cancellationToken),
        await ReadTellingAsync(store, cancellationToken));

    private static async Task<Dictionary<IncidentId, (RuleId, CameraId)>> ReadTellingAsync(
        SqlitePlatformStore store, CancellationToken cancellationToken)
    {
        var telling = new Dictionary<IncidentId, (RuleId, CameraId)>();
        var query = new DeliveryQuery { State = DeliveryState.Pending, Limit = Limits.PageLengthMax };
        while (true)
        {
            var page = await store.Outbox.FindAsync(query, cancellationToken);
            foreach (var id in page.Where(d => d.EventType == WebhookEventNames.Opened).Select(d => d.IncidentId).OfType<IncidentId>())
            {
                if (!telling.ContainsKey(id)
                    && await store.Incidents.FindAsync(id, cancellationToken) is { RuleId: { } rule, CameraId: { } camera })
                {
                    telling[id] = (rule, camera);
                }
            }

            if (page.Count < query.Limit)
            {
                return telling;
            }

            query = query with { Before = page[^1].Id };
        }
    }
}
