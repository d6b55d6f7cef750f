using FastVlm.Pipeline.Alerts;
using FastVlm.Storage.Outbox;

namespace FastVlm.Storage.Postgres;

/// <summary>How deliveries are written.</summary>
internal static class DeliveryStatements
{
    /// <summary>Stores new ones and tells of them; one that is there already has perhaps been tried since, and stays.</summary>
    public static Statement Insert(IReadOnlyList<Delivery> deliveries) => new(
        $"""
        WITH stored AS (
          INSERT INTO fastvlm.delivery ({DeliveryRow.Columns}, first_delivered_at)
          SELECT d.*, d.delivered_at FROM unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::integer[], $9::bigint[],
            $10::bigint[], $11::text[]) AS d ({DeliveryRow.Columns})
          ORDER BY d.id
          ON CONFLICT (id) DO NOTHING
          RETURNING endpoint_id)
        SELECT count(pg_notify('{PostgresOutbox.Channel}', s.endpoint_id)) FROM (SELECT DISTINCT endpoint_id FROM stored) s
        """,
        deliveries.Select(d => d.Id.Value).ToArray(), deliveries.Select(d => d.EndpointId.Value).ToArray(),
        deliveries.Select(d => d.IncidentId?.Value).ToArray(), deliveries.Select(d => d.EventType).ToArray(),
        deliveries.Select(d => d.Payload).ToArray(), deliveries.Select(d => d.CreatedAt.ToTicks()).ToArray(),
        deliveries.Select(d => d.State.ToColumn()).ToArray(), deliveries.Select(d => d.AttemptCount).ToArray(),
        deliveries.Select(d => d.NextAttemptAt?.ToTicks()).ToArray(), deliveries.Select(d => d.DeliveredAt?.ToTicks()).ToArray(),
        deliveries.Select(d => d.LastResult).ToArray());

    /// <summary>Stores what a try made of it. One that was cancelled during the try is not tried again.</summary>
    public static Statement Update(Delivery delivery) => new(
        $"""
        INSERT INTO fastvlm.delivery AS d ({DeliveryRow.Columns}, first_delivered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)
        ON CONFLICT (id) DO UPDATE SET
          state = CASE WHEN d.state = 'cancelled' AND excluded.state = 'pending' THEN d.state ELSE excluded.state END,
          next_attempt_at = CASE WHEN d.state = 'cancelled' THEN NULL ELSE excluded.next_attempt_at END,
          attempt_count = excluded.attempt_count, delivered_at = excluded.delivered_at, last_result = excluded.last_result,
          first_delivered_at = coalesce(d.first_delivered_at, excluded.delivered_at)
        """,
        delivery.Id.Value, delivery.EndpointId.Value, delivery.IncidentId?.Value, delivery.EventType, delivery.Payload,
        delivery.CreatedAt.ToTicks(), delivery.State.ToColumn(), delivery.AttemptCount, delivery.NextAttemptAt?.ToTicks(),
        delivery.DeliveredAt?.ToTicks(), delivery.LastResult);
}
