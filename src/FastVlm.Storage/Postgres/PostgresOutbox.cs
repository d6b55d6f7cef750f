using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Outbox;

namespace FastVlm.Storage.Postgres;

/// <summary>Deliveries and their tries. New deliveries are written by the journal.</summary>
internal sealed class PostgresOutbox(PostgresDatabase database) : IOutbox
{
    /// <summary>Told are ids of endpoints which have something new to be delivered.</summary>
    public const string Channel = "fastvlm_outbox";

    public async Task<IReadOnlyList<Delivery>> ListDueAsync(
        EndpointId endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken) => await database.QueryAsync(
        new Statement(
            $"""
            SELECT {DeliveryRow.Columns} FROM fastvlm.delivery
            WHERE endpoint_id = $1 AND state = 'pending' AND next_attempt_at <= $2 ORDER BY next_attempt_at, created_at, id LIMIT $3
            """,
            endpoint.Value, now.ToTicks(), limit),
        DeliveryRow.Read, cancellationToken);

    public async Task<DateTimeOffset?> NextDueAsync(EndpointId endpoint, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            new Statement("SELECT min(next_attempt_at) FROM fastvlm.delivery WHERE endpoint_id = $1 AND state = 'pending'", endpoint.Value),
            row => row.TimeOrNull(0), cancellationToken))[0];

    public async Task RecordAsync(DeliveryAttempt attempt, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(delivery);
        await database.ExecuteAsync(
            cancellationToken,
            DeliveryStatements.Update(delivery),
            new Statement(
                "INSERT INTO fastvlm.attempt (delivery_id, number, at, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                attempt.DeliveryId.Value, attempt.Number, attempt.At.ToTicks(), StoredJson.Write(attempt)));
    }

    /// <remarks>
    /// The count of tries goes on; when it was delivered first stays known to <see cref="IIncidentLog.ListLastToldAsync"/>.
    /// </remarks>
    public async Task<int> ReplayAsync(IReadOnlyList<DeliveryId> ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        (int)(await database.QueryAsync(
            new Statement(
                $"""
                WITH replayed AS (
                  UPDATE fastvlm.delivery SET state = 'pending', next_attempt_at = $1, delivered_at = NULL WHERE id = ANY($2::text[])
                  RETURNING endpoint_id)
                SELECT (SELECT count(*) FROM replayed),
                  (SELECT count(pg_notify('{Channel}', r.endpoint_id)) FROM (SELECT DISTINCT endpoint_id FROM replayed) r)
                """,
                now.ToTicks(), ids.Select(id => id.Value).ToArray()),
            row => row.GetInt64(0), cancellationToken))[0];

    public Task<int> CancelPendingAsync(EndpointId endpoint, string reason, CancellationToken cancellationToken) => database.ExecuteAsync(
        cancellationToken,
        new Statement(
            """
            UPDATE fastvlm.delivery SET state = 'cancelled', next_attempt_at = NULL, last_result = $2
            WHERE endpoint_id = $1 AND state = 'pending'
            """,
            endpoint.Value, reason));

    public async Task<IReadOnlyList<Delivery>> FindAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, Limits.PageLengthMax);

        // One that is no longer kept was older than all that are.
        var before = query.Before is null ? "$6::text IS NULL" : """
            (created_at, id)
              < ((SELECT created_at FROM fastvlm.delivery WHERE id = $6::text), (SELECT id FROM fastvlm.delivery WHERE id = $6))
            """;
        return await database.QueryAsync(
            new Statement(
                $"""
                SELECT {DeliveryRow.Columns} FROM fastvlm.delivery
                WHERE ($1::text IS NULL OR endpoint_id = $1) AND ($2::text IS NULL OR incident_id = $2)
                  AND ($3::text IS NULL OR state = $3) AND ($4::bigint IS NULL OR created_at >= $4)
                  AND ($5::bigint IS NULL OR created_at < $5) AND {before}
                ORDER BY created_at DESC, id DESC LIMIT $7
                """,
                query.EndpointId?.Value, query.IncidentId?.Value, query.State?.ToColumn(), query.From?.ToTicks(), query.To?.ToTicks(),
                query.Before?.Value, query.Limit),
            DeliveryRow.Read, cancellationToken);
    }

    public async Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            new Statement($"SELECT {DeliveryRow.Columns} FROM fastvlm.delivery WHERE id = $1", id.Value), DeliveryRow.Read,
            cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(DeliveryId id, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            new Statement("SELECT body FROM fastvlm.attempt WHERE delivery_id = $1 ORDER BY seq", id.Value),
            row => StoredJson.Read<DeliveryAttempt>(row.GetString(0)), cancellationToken);
}
