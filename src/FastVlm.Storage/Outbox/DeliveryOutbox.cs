using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Outbox;

/// <summary>Deliveries and their tries. New deliveries are written by the journal.</summary>
internal sealed class DeliveryOutbox(DatabaseWriter writer, ReaderPool readers) : IOutbox
{
    public Task<IReadOnlyList<Delivery>> ListDueAsync(
        EndpointId endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<Delivery>>(
            session => session.Query(
                $"""
                SELECT {DeliveryRow.Columns} FROM delivery
                WHERE endpoint_id = $1 AND state = 'pending' AND next_attempt_at <= $2 ORDER BY next_attempt_at, created_at, id LIMIT $3
                """,
                DeliveryRow.Read, endpoint.Value, now.ToTicks(), limit),
            cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(EndpointId endpoint, CancellationToken cancellationToken) => readers.ReadAsync(
        session => session.Number(
            "SELECT min(next_attempt_at) FROM delivery WHERE endpoint_id = $1 AND state = 'pending'", endpoint.Value) is { } ticks
            ? Instants.FromTicks(ticks)
            : (DateTimeOffset?)null,
        cancellationToken);

    public Task RecordAsync(DeliveryAttempt attempt, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(delivery);
        var body = StoredJson.Write(attempt);
        return writer.WriteAsync(
            transaction =>
            {
                DeliveryRow.Update(transaction.Session, delivery);
                return transaction.Session.Execute(
                    "INSERT INTO attempt (delivery_id, number, at, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    attempt.DeliveryId.Value, attempt.Number, attempt.At.ToTicks(), body);
            },
            cancellationToken);
    }

    /// <remarks>
    /// The count of tries goes on; when it was delivered first stays known to <see cref="IIncidentLog.ListLastToldAsync"/>.
    /// </remarks>
    public Task<int> ReplayAsync(IReadOnlyList<DeliveryId> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var list = StoredJson.Write(ids);
        return writer.WriteAsync(
            transaction => transaction.Session.Execute(
                """
                UPDATE delivery SET state = 'pending', next_attempt_at = $1, delivered_at = NULL
                WHERE id IN (SELECT value FROM json_each($2))
                """,
                now.ToTicks(), list),
            cancellationToken);
    }

    public Task<int> CancelPendingAsync(EndpointId endpoint, string reason, CancellationToken cancellationToken) => writer.WriteAsync(
        transaction => transaction.Session.Execute(
            """
            UPDATE delivery SET state = 'cancelled', next_attempt_at = NULL, last_result = $2
            WHERE endpoint_id = $1 AND state = 'pending'
            """,
            endpoint.Value, reason),
        cancellationToken);

    public Task<IReadOnlyList<Delivery>> FindAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, Limits.PageLengthMax);
        return readers.ReadAsync<IReadOnlyList<Delivery>>(
            session => session.Query(
                Sql(query), DeliveryRow.Read, query.EndpointId?.Value, query.IncidentId?.Value, query.State?.ToColumn(),
                query.From?.ToTicks(), query.To?.ToTicks(), query.Before?.Value, query.Limit),
            cancellationToken);
    }

    public Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) => readers.ReadAsync(
        session => session.Query($"SELECT {DeliveryRow.Columns} FROM delivery WHERE id = $1", DeliveryRow.Read, id.Value).FirstOrDefault(),
        cancellationToken);

    public Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(DeliveryId id, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<DeliveryAttempt>>(
            session => session.Query(
                "SELECT body FROM attempt WHERE delivery_id = $1 ORDER BY seq",
                row => StoredJson.Read<DeliveryAttempt>(row.GetString(0)),
                id.Value),
            cancellationToken);

    private static string Sql(DeliveryQuery query)
    {
        string?[] conditions =
        [
            query.EndpointId is null ? null : "endpoint_id = $1",
            query.IncidentId is null ? null : "incident_id = $2",
            query.State is null ? null : "state = $3",
            query.From is null ? null : "created_at >= $4",
            query.To is null ? null : "created_at < $5",

            // One that is no longer kept was older than all that are.
            query.Before is null ? null : "(created_at, id) < (SELECT created_at, id FROM delivery WHERE id = $6)",
        ];
        var where = string.Join(" AND ", conditions.OfType<string>().DefaultIfEmpty("TRUE"));
        return $"SELECT {DeliveryRow.Columns} FROM delivery WHERE {where} ORDER BY created_at DESC, id DESC LIMIT $7";
    }
}
