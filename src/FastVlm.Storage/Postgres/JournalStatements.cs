using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Storage.Incidents;

namespace FastVlm.Storage.Postgres;

/// <summary>How a group of entries is written: one statement for each table, however many rows, in the order of keys.</summary>
internal static class JournalStatements
{
    public static IEnumerable<Statement> Of(IReadOnlyList<JournalEntry> group, DateTimeOffset now)
    {
        var captions = group.Where(entry => entry.Caption is not null).ToArray();
        if (captions.Length > 0)
        {
            yield return CaptionStatement.Insert(captions);
        }

        foreach (var statement in Waves(group).SelectMany(Incidents))
        {
            yield return statement;
        }

        // The last one counts, where an entry comes twice.
        var pictures = group.SelectMany(entry => entry.Pictures).GroupBy(p => (p.Incident, p.Number), (_, same) => same.Last()).ToArray();
        if (pictures.Length > 0)
        {
            yield return Pictures(pictures, now);
        }

        var deliveries = group.SelectMany(entry => entry.Deliveries).ToArray();
        if (deliveries.Length > 0)
        {
            yield return DeliveryStatements.Insert(deliveries);
        }

        var states = group.Select(entry => entry.State).OfType<(CameraId Camera, string Json)>()
            .GroupBy(state => state.Camera, (_, same) => same.Last()).ToArray();
        if (states.Length > 0)
        {
            yield return States(states);
        }
    }

    /// <summary>A statement changes a row once: the second change of an incident comes in the second wave, and so on.</summary>
    private static IEnumerable<IncidentRow[]> Waves(IReadOnlyList<JournalEntry> group)
    {
        var seen = new Dictionary<IncidentId, int>();
        return group.SelectMany(entry => entry.Incidents)
            .GroupBy(row => seen[row.Incident.Id] = seen.GetValueOrDefault(row.Incident.Id) + 1)
            .OrderBy(wave => wave.Key)
            .Select(wave => wave.ToArray());
    }

    private static IEnumerable<Statement> Incidents(IncidentRow[] wave)
    {
        var judged = wave.Where(row => row.Change != IncidentChangeKind.Annotated).ToArray();
        if (judged.Length > 0)
        {
            yield return Judge(judged);
        }

        var annotated = wave.Where(row => row.Change == IncidentChangeKind.Annotated).Select(row => row.Incident).ToArray();
        if (annotated.Length > 0)
        {
            yield return Annotate(annotated);
        }

        var evidence = judged.Where(row => row.Evidence is not null).ToArray();
        if (evidence.Length > 0)
        {
            yield return new Statement(
                """
                INSERT INTO fastvlm.evidence (incident_id, body) SELECT * FROM unnest($1::text[], $2::text[]) AS e (id, body) ORDER BY id
                ON CONFLICT (incident_id) DO UPDATE SET body = excluded.body
                """,
                evidence.Select(row => row.Incident.Id.Value).ToArray(), evidence.Select(row => row.Evidence).ToArray());
        }
    }

    /// <summary>
    /// Who judges pictures and people who annotate write to the same incident, each without knowing of the other: each write
    /// leaves the other's columns as they are.
    /// </summary>
    private static Statement Judge(IncidentRow[] rows)
    {
        Incident[] incidents = [.. rows.Select(row => row.Incident)];
        return new Statement(
            """
            INSERT INTO fastvlm.incident (
              id, kind, state, camera_id, rule_id, opened_at, cleared_at, body, acknowledged_at, acknowledged_by, verdict, verdict_note)
            SELECT * FROM unnest(
              $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[],
              $10::text[], $11::boolean[], $12::text[]) AS i (id) ORDER BY id
            ON CONFLICT (id) DO UPDATE SET
              kind = excluded.kind, state = excluded.state, camera_id = excluded.camera_id, rule_id = excluded.rule_id,
              opened_at = excluded.opened_at, cleared_at = excluded.cleared_at, body = excluded.body
            """,
            incidents.Select(i => i.Id.Value).ToArray(), incidents.Select(i => i.Kind.ToColumn()).ToArray(),
            incidents.Select(i => i.State.ToColumn()).ToArray(), incidents.Select(i => i.CameraId?.Value).ToArray(),
            incidents.Select(i => i.RuleId?.Value).ToArray(), incidents.Select(i => i.OpenedAt.ToTicks()).ToArray(),
            rows.Select(row => row.ClearedAt?.ToTicks()).ToArray(), rows.Select(row => row.Body).ToArray(),
            incidents.Select(i => i.AcknowledgedAt?.ToTicks()).ToArray(), incidents.Select(i => i.AcknowledgedBy).ToArray(),
            incidents.Select(i => i.Verdict).ToArray(), incidents.Select(i => i.VerdictNote).ToArray());
    }

    /// <summary>Of two people on two machines who acknowledge at once, the first stays.</summary>
    private static Statement Annotate(Incident[] incidents) => new(
        """
        UPDATE fastvlm.incident i SET
          acknowledged_at = coalesce(i.acknowledged_at, a.acknowledged_at),
          acknowledged_by = CASE WHEN i.acknowledged_at IS NULL THEN a.acknowledged_by ELSE i.acknowledged_by END,
          verdict = a.verdict, verdict_note = a.verdict_note
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::boolean[], $5::text[])
          AS a (id, acknowledged_at, acknowledged_by, verdict, verdict_note)
        WHERE i.id = a.id
        """,
        incidents.Select(i => i.Id.Value).ToArray(), incidents.Select(i => i.AcknowledgedAt?.ToTicks()).ToArray(),
        incidents.Select(i => i.AcknowledgedBy).ToArray(), incidents.Select(i => i.Verdict).ToArray(),
        incidents.Select(i => i.VerdictNote).ToArray());

    private static Statement Pictures(JournalEntry.StoredPicture[] pictures, DateTimeOffset now) => new(
        """
        INSERT INTO fastvlm.picture (incident_id, number, stored_at, bytes, jpeg)
        SELECT p.id, p.number, $1, length(p.jpeg), p.jpeg FROM unnest($2::text[], $3::integer[], $4::bytea[]) AS p (id, number, jpeg)
        ORDER BY p.id, p.number
        ON CONFLICT (incident_id, number) DO UPDATE SET stored_at = excluded.stored_at, bytes = excluded.bytes, jpeg = excluded.jpeg
        """,
        now.ToTicks(), pictures.Select(p => p.Incident.Value).ToArray(), pictures.Select(p => p.Number).ToArray(),
        pictures.Select(p => p.Jpeg).ToArray());

    private static Statement States((CameraId Camera, string Json)[] states) => new(
        """
        INSERT INTO fastvlm.tracker_state (camera_id, state) SELECT * FROM unnest($1::text[], $2::text[]) AS s (id, state) ORDER BY id
        ON CONFLICT (camera_id) DO UPDATE SET state = excluded.state
        """,
        states.Select(state => state.Camera.Value).ToArray(), states.Select(state => state.Json).ToArray());
}
