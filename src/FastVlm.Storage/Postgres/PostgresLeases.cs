using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Postgres;

/// <summary>Leases by the clock of the server, each call one statement.</summary>
internal sealed class PostgresLeases(PostgresDatabase database) : IEndpointLeases
{
    public async Task<IReadOnlySet<EndpointId>> HoldAsync(
        string holder, IReadOnlyCollection<EndpointId> wanted, TimeSpan lasts, IReadOnlyCollection<string> gone,
        CancellationToken cancellationToken)
    {
        // In the order of ids, so that two who ask at once never wait for each other.
        var held = await database.QueryAsync(
            new Statement(
                """
                INSERT INTO fastvlm.endpoint_lease AS l (endpoint_id, holder, expires_at)
                SELECT w.id, $1, clock_timestamp() + $3 FROM (SELECT DISTINCT id FROM unnest($2::text[]) AS u (id)) w ORDER BY w.id
                ON CONFLICT (endpoint_id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
                WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp() OR l.holder = ANY($4::text[])
                RETURNING endpoint_id
                """,
                holder, Ids(wanted), lasts, gone.ToArray()),
            row => new EndpointId(row.GetString(0)), cancellationToken);
        return held.ToHashSet();
    }

    public Task ReleaseAsync(string holder, IReadOnlyCollection<EndpointId> endpoints, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            cancellationToken,
            new Statement(
                "DELETE FROM fastvlm.endpoint_lease WHERE holder = $1 AND endpoint_id = ANY($2::text[])", holder, Ids(endpoints)));

    private static string[] Ids(IReadOnlyCollection<EndpointId> endpoints) => [.. endpoints.Select(endpoint => endpoint.Value)];
}
