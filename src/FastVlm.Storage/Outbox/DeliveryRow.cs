using System.Data.Common;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Outbox;

/// <summary>A delivery's row, there and back.</summary>
internal static class DeliveryRow
{
    public const string Columns =
        "id, endpoint_id, incident_id, event_type, payload, created_at, state, attempt_count, next_attempt_at, delivered_at, last_result";

    private const string InsertNew = $"""
        INSERT INTO delivery ({Columns}, first_delivered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)
        """;

    /// <summary>Stores a new one; one that is there already has perhaps been tried since, and stays.</summary>
    public static void Insert(SqlSession session, Delivery delivery) =>
        session.Execute($"{InsertNew} ON CONFLICT (id) DO NOTHING", Values(delivery));

    /// <summary>Stores what a try made of it. One that was cancelled during the try is not tried again.</summary>
    public static void Update(SqlSession session, Delivery delivery) => session.Execute(
        $"""
        {InsertNew} ON CONFLICT (id) DO UPDATE SET
          state = CASE WHEN state = 'cancelled' AND $7 = 'pending' THEN state ELSE $7 END,
          next_attempt_at = CASE WHEN state = 'cancelled' THEN NULL ELSE $9 END,
          attempt_count = $8, delivered_at = $10, last_result = $11, first_delivered_at = ifnull(first_delivered_at, $10)
        """,
        Values(delivery));

    public static Delivery Read(DbDataReader row) => new()
    {
        Id = new DeliveryId(row.GetString(0)),
        EndpointId = new EndpointId(row.GetString(1)),
        IncidentId = row.TextOrNull(2) is { } incident ? new IncidentId(incident) : null,
        EventType = row.GetString(3),
        Payload = row.GetString(4),
        CreatedAt = row.Time(5),
        State = StoredEnum.FromColumn<DeliveryState>(row.GetString(6)),
        AttemptCount = row.GetInt32(7),
        NextAttemptAt = row.TimeOrNull(8),
        DeliveredAt = row.TimeOrNull(9),
        LastResult = row.TextOrNull(10),
    };

    private static object?[] Values(Delivery delivery) =>
    [
        delivery.Id.Value, delivery.EndpointId.Value, delivery.IncidentId?.Value, delivery.EventType, delivery.Payload,
        delivery.CreatedAt.ToTicks(), delivery.State.ToColumn(), delivery.AttemptCount, delivery.NextAttemptAt?.ToTicks(),
        delivery.DeliveredAt?.ToTicks(), delivery.LastResult,
    ];
}
