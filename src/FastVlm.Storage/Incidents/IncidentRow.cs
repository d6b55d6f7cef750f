using System.Data.Common;
using FastVlm.Pipeline.Incidents;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Incidents;

/// <summary>An incident with its evidence, ready to be written: the columns that are searched, and the whole as JSON.</summary>
internal sealed record IncidentRow(IncidentChangeKind Change, Incident Incident, string Body, string? Evidence)
{
    // Who judges pictures and people who annotate write to the same incident, each without knowing of the other: each
    // write leaves the other's fields as they are.
    private const string Upsert = """
        INSERT INTO incident (id, kind, state, camera_id, rule_id, opened_at, cleared_at, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET
          kind = $2, state = $3, camera_id = $4, rule_id = $5, opened_at = $6, cleared_at = $7,
          body = json_set($8,
            '$.acknowledgedAt', json(body -> '$.acknowledgedAt'),
            '$.acknowledgedBy', json(body -> '$.acknowledgedBy'),
            '$.verdict', json(body -> '$.verdict'),
            '$.verdictNote', json(body -> '$.verdictNote'))
        """;

    private const string Annotate = """
        UPDATE incident SET
          body = json_set(body,
            '$.acknowledgedAt', json($2 -> '$.acknowledgedAt'),
            '$.acknowledgedBy', json($2 -> '$.acknowledgedBy'),
            '$.verdict', json($2 -> '$.verdict'),
            '$.verdictNote', json($2 -> '$.verdictNote'))
        WHERE id = $1
        """;

    public DateTimeOffset? ClearedAt =>
        Incident.State == IncidentState.Cleared ? Incident.ClearedAt ?? Incident.LastSeenAt : null;

    public static IncidentRow From(IncidentChange change) => new(
        change.Kind,
        change.Incident,
        StoredJson.Write(change.Incident),
        change.Evidence is { } evidence ? StoredJson.Write(evidence) : null);

    public static Incident Read(DbDataReader row) => StoredJson.Read<Incident>(row.GetString(0));

    public void Write(SqlSession session)
    {
        if (Change == IncidentChangeKind.Annotated)
        {
            session.Execute(Annotate, Incident.Id.Value, Body);
            return;
        }

        session.Execute(
            Upsert, Incident.Id.Value, Incident.Kind.ToColumn(), Incident.State.ToColumn(), Incident.CameraId?.Value,
            Incident.RuleId?.Value, Incident.OpenedAt.ToTicks(), ClearedAt?.ToTicks(), Body);
        if (Evidence is not null)
        {
            session.Execute(
                "INSERT INTO evidence (incident_id, body) VALUES ($1, $2) ON CONFLICT (incident_id) DO UPDATE SET body = $2",
                Incident.Id.Value, Evidence);
        }
    }
}
