using System.Data.Common;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Postgres;

/// <summary>Reads incidents and their evidence; they are written by the journal.</summary>
internal sealed class PostgresIncidentLog(PostgresDatabase database) : IIncidentLog
{
    public const string Columns = "i.body, i.acknowledged_at, i.acknowledged_by, i.verdict, i.verdict_note";

    public const string LastTold = """
        SELECT i.rule_id, i.camera_id, max(d.first_delivered_at) FROM fastvlm.delivery d JOIN fastvlm.incident i ON i.id = d.incident_id
        WHERE d.event_type = 'incident.opened' AND d.first_delivered_at IS NOT NULL
          AND i.rule_id IS NOT NULL AND i.camera_id IS NOT NULL AND ($1::text IS NULL OR i.camera_id = $1)
        GROUP BY i.rule_id, i.camera_id
        """;

    public const string Open = $"""
        SELECT {Columns} FROM fastvlm.incident i WHERE i.state = 'open' AND ($1::text IS NULL OR i.camera_id = $1)
        ORDER BY i.opened_at, i.id
        """;

    public async Task<IReadOnlyList<Incident>> FindAsync(IncidentQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, Limits.PageLengthMax);

        // One that is no longer kept was older than all that are.
        var before = query.Before is null ? "$5::text IS NULL" : """
            (i.opened_at, i.id)
              < ((SELECT opened_at FROM fastvlm.incident WHERE id = $5::text), (SELECT id FROM fastvlm.incident WHERE id = $5))
            """;
        return await database.QueryAsync(
            new Statement(
                $"""
                SELECT {Columns} FROM fastvlm.incident i
                WHERE ($1::text IS NULL OR i.state = $1) AND ($2::text IS NULL OR i.kind = $2)
                  AND ($3::text IS NULL OR i.camera_id = $3) AND ($4::text IS NULL OR i.rule_id = $4) AND {before}
                ORDER BY i.opened_at DESC, i.id DESC LIMIT $6
                """,
                query.State?.ToColumn(), query.Kind?.ToColumn(), query.CameraId?.Value, query.RuleId?.Value, query.Before?.Value,
                query.Limit),
            Read, cancellationToken);
    }

    public async Task<Incident?> FindAsync(IncidentId id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            new Statement($"SELECT {Columns} FROM fastvlm.incident i WHERE i.id = $1", id.Value), Read, cancellationToken))
        .FirstOrDefault();

    public async Task<IReadOnlyList<Incident>> ListOpenAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(new Statement(Open, [null]), Read, cancellationToken);

    public async Task<IReadOnlyList<LastTold>> ListLastToldAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(new Statement(LastTold, [null]), ReadLastTold, cancellationToken);

    public async Task<Evidence?> FindEvidenceAsync(IncidentId id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            new Statement("SELECT body FROM fastvlm.evidence WHERE incident_id = $1", id.Value),
            row => StoredJson.Read<Evidence>(row.GetString(0)), cancellationToken)).FirstOrDefault();

    public async Task<byte[]?> ReadPictureAsync(IncidentId id, int index, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            new Statement("SELECT jpeg FROM fastvlm.picture WHERE incident_id = $1 AND number = $2", id.Value, index),
            row => row.GetFieldValue<byte[]>(0), cancellationToken)).FirstOrDefault();

    /// <summary>From <see cref="Columns"/>: what was judged, with what people said.</summary>
    public static Incident Read(DbDataReader row) => StoredJson.Read<Incident>(row.GetString(0)) with
    {
        AcknowledgedAt = row.TimeOrNull(1),
        AcknowledgedBy = row.TextOrNull(2),
        Verdict = row.IsDBNull(3) ? null : row.GetBoolean(3),
        VerdictNote = row.TextOrNull(4),
    };

    public static LastTold ReadLastTold(DbDataReader row) =>
        new(new RuleId(row.GetString(0)), new CameraId(row.GetString(1)), row.Time(2));
}
