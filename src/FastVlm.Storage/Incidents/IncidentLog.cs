using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Incidents;

/// <summary>Reads incidents and their evidence; they are written by the journal.</summary>
internal sealed class IncidentLog(ReaderPool readers, EvidenceFiles files) : IIncidentLog
{
    public Task<IReadOnlyList<Incident>> FindAsync(IncidentQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, Limits.PageLengthMax);
        return readers.ReadAsync<IReadOnlyList<Incident>>(
            session => session.Query(
                Sql(query), IncidentRow.Read, query.State?.ToColumn(), query.Kind?.ToColumn(), query.CameraId?.Value, query.RuleId?.Value,
                query.Before?.Value, query.Limit),
            cancellationToken);
    }

    public Task<Incident?> FindAsync(IncidentId id, CancellationToken cancellationToken) => readers.ReadAsync(
        session => session.Query("SELECT body FROM incident WHERE id = $1", IncidentRow.Read, id.Value).FirstOrDefault(),
        cancellationToken);

    public Task<IReadOnlyList<Incident>> ListOpenAsync(CancellationToken cancellationToken) => readers.ReadAsync<IReadOnlyList<Incident>>(
        session => session.Query("SELECT body FROM incident WHERE state = 'open' ORDER BY opened_at, id", IncidentRow.Read),
        cancellationToken);

    public Task<IReadOnlyList<LastTold>> ListLastToldAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<LastTold>>(
            session => session.Query(
                """
                SELECT i.rule_id, i.camera_id, max(d.first_delivered_at) FROM delivery d JOIN incident i ON i.id = d.incident_id
                WHERE d.event_type = 'incident.opened' AND d.first_delivered_at IS NOT NULL
                  AND i.rule_id IS NOT NULL AND i.camera_id IS NOT NULL
                GROUP BY i.rule_id, i.camera_id
                """,
                row => new LastTold(new RuleId(row.GetString(0)), new CameraId(row.GetString(1)), row.Time(2))),
            cancellationToken);

    public Task<Evidence?> FindEvidenceAsync(IncidentId id, CancellationToken cancellationToken) => readers.ReadAsync(
        session => session.Text("SELECT body FROM evidence WHERE incident_id = $1", id.Value) is { } body
            ? StoredJson.Read<Evidence>(body)
            : null,
        cancellationToken);

    public async Task<byte[]?> ReadPictureAsync(IncidentId id, int index, CancellationToken cancellationToken)
    {
        var file = await readers.ReadAsync(
            session => session.Text("SELECT file FROM picture WHERE incident_id = $1 AND number = $2", id.Value, index), cancellationToken);
        return file is null ? null : await files.ReadAsync(file, cancellationToken);
    }

    private static string Sql(IncidentQuery query)
    {
        string?[] conditions =
        [
            query.State is null ? null : "state = $1",
            query.Kind is null ? null : "kind = $2",
            query.CameraId is null ? null : "camera_id = $3",
            query.RuleId is null ? null : "rule_id = $4",

            // One that is no longer kept was older than all that are.
            query.Before is null ? null : "(opened_at, id) < (SELECT opened_at, id FROM incident WHERE id = $5)",
        ];
        var where = string.Join(" AND ", conditions.OfType<string>().DefaultIfEmpty("TRUE"));
        return $"SELECT body FROM incident WHERE {where} ORDER BY opened_at DESC, id DESC LIMIT $6";
    }
}
