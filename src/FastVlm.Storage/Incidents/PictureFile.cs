using FastVlm.Pipeline;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Incidents;

/// <summary>A picture that lies in the evidence folder and waits to be named by a row.</summary>
/// <param name="IncidentId">What it is evidence of.</param>
/// <param name="Number">Its place in the evidence, from 0.</param>
/// <param name="File">Its path within the evidence folder.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record PictureFile(IncidentId IncidentId, int Number, string File, string Path, long Bytes)
{
    public void Write(SqlSession session, DateTimeOffset now) => session.Execute(
        """
        INSERT INTO picture (incident_id, number, stored_at, file, bytes) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (incident_id, number) DO UPDATE SET stored_at = $3, file = $4, bytes = $5
        """,
        IncidentId.Value, Number, now.ToTicks(), File, Bytes);
}
