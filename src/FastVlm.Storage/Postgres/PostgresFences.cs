using System.Data.Common;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Hands out epochs. Each call is one transaction of several statements: the first waits until every entry under way with an
/// older epoch is committed or refused, the later ones see what those left, and no other is let in before the commit.
/// </summary>
internal sealed class PostgresFences(PostgresDatabase database) : ICameraFences
{
    private const string Telling = """
        SELECT DISTINCT i.id, i.rule_id FROM fastvlm.delivery d JOIN fastvlm.incident i ON i.id = d.incident_id
        WHERE d.event_type = 'incident.opened' AND d.state = 'pending' AND i.camera_id = $1 AND i.rule_id IS NOT NULL
        """;

    public Task<long> TakeFeedAsync(CameraId camera, string holder, CancellationToken cancellationToken) => database.RunAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var batch = PostgresDatabase.Batch(
                connection, CameraLock.Exclusive(camera.Value), Bump("feed", camera, holder));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            var epoch = await EpochAsync(reader, cancellationToken);
            await reader.CloseAsync();
            await transaction.CommitAsync(cancellationToken);
            return epoch;
        },
        cancellationToken);

    public Task<StageTakeover> TakeStageAsync(CameraId camera, string holder, CancellationToken cancellationToken) => database.RunAsync(
        async connection =>
        {
            var id = camera.Value;
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var batch = PostgresDatabase.Batch(
                connection,
                CameraLock.Exclusive(id),
                Bump("stage", camera, holder),
                new Statement("SELECT state FROM fastvlm.tracker_state WHERE camera_id = $1", id),
                new Statement(PostgresIncidentLog.Open, id),
                new Statement(PostgresIncidentLog.LastTold, id),
                new Statement(Telling, id));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            var epoch = await EpochAsync(reader, cancellationToken);
            var state = (await NextAsync(row => StoredJson.Read<TrackerState>(row.GetString(0)))).FirstOrDefault();
            var open = await NextAsync(PostgresIncidentLog.Read);
            var lastTold = await NextAsync(PostgresIncidentLog.ReadLastTold);
            var telling = await NextAsync(row => (new IncidentId(row.GetString(0)), new RuleId(row.GetString(1))));
            await reader.CloseAsync();
            await transaction.CommitAsync(cancellationToken);
            return new StageTakeover(epoch, state, open, lastTold, telling.ToDictionary());

            async Task<List<T>> NextAsync<T>(Func<DbDataReader, T> read)
            {
                await reader.NextResultAsync(cancellationToken);
                return await reader.ToListAsync(read, cancellationToken);
            }
        },
        cancellationToken);

    private static Statement Bump(string side, CameraId camera, string holder) => new(
        $"""
        INSERT INTO fastvlm.camera_fence AS f (camera_id, {side}_epoch, {side}_holder, {side}_taken_at) VALUES ($1, 1, $2, now())
        ON CONFLICT (camera_id) DO UPDATE SET
          {side}_epoch = f.{side}_epoch + 1, {side}_holder = excluded.{side}_holder, {side}_taken_at = excluded.{side}_taken_at
        RETURNING {side}_epoch
        """,
        camera.Value, holder);

    private static async Task<long> EpochAsync(DbDataReader reader, CancellationToken cancellationToken) =>
        (await reader.ToListAsync(row => row.GetInt64(0), cancellationToken))[0];
}
