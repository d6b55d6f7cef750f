using System.Data;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Retention;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Sweeps on one connection, whose lock keeps other machines from sweeping beside: where the connection ends, so does the
/// sweep, before another machine can count what is left. The server itself makes use of the space again.
/// </summary>
internal sealed class PostgresSweep(PostgresFailures failures, NpgsqlConnection connection) : ISweep
{
    private const long Lock = 0x46564C4D_00000002;

    public Task<long> CountCaptionsAsync(CancellationToken cancellationToken) =>
        NumberAsync(new Statement("SELECT count(*) FROM fastvlm.caption"), cancellationToken);

    public Task<long> CountPictureBytesAsync(CancellationToken cancellationToken) =>
        NumberAsync(new Statement("SELECT coalesce(sum(bytes), 0)::bigint FROM fastvlm.picture"), cancellationToken);

    public async Task<SweepCounts> CaptionsAsync(DateTimeOffset before, long countMax, CancellationToken cancellationToken)
    {
        var limit = Math.Min(countMax, StorageLimits.PostgresSweepBatchLength);
        return limit < 1 ? default : new SweepCounts
        {
            Captions = await NumberAsync(
                new Statement(
                    """
                    WITH gone AS (
                      DELETE FROM fastvlm.caption WHERE id = ANY(ARRAY(
                        SELECT id FROM fastvlm.caption WHERE captured_at < $1 ORDER BY captured_at, id LIMIT $2))
                      RETURNING 1)
                    SELECT count(*) FROM gone
                    """,
                    before.ToTicks(), limit),
                cancellationToken),
        };
    }

    public async Task<(SweepCounts Removed, long Bytes)> PicturesAsync(
        DateTimeOffset before, long bytesMax, CancellationToken cancellationToken)
    {
        if (bytesMax < 1)
        {
            return default;
        }

        // One is removed while those before it have not freed enough.
        var freed = await QueryAsync(
            new Statement(
                """
                WITH old AS (
                  SELECT p.incident_id, p.number, p.bytes, sum(p.bytes) OVER (ORDER BY p.stored_at, p.incident_id, p.number) AS freed
                  FROM (
                    SELECT p.* FROM fastvlm.picture p LEFT JOIN fastvlm.incident i ON i.id = p.incident_id
                    WHERE p.stored_at < $1 AND i.state IS DISTINCT FROM 'open'
                    ORDER BY p.stored_at, p.incident_id, p.number LIMIT $2) p)
                DELETE FROM fastvlm.picture p USING old
                WHERE p.incident_id = old.incident_id AND p.number = old.number AND old.freed - old.bytes < $3
                RETURNING p.bytes
                """,
                before.ToTicks(), StorageLimits.PostgresSweepBatchLength, bytesMax),
            cancellationToken);
        return (new SweepCounts { Pictures = freed.Count }, freed.Sum());
    }

    public async Task<SweepCounts> IncidentsAsync(DateTimeOffset clearedBefore, CancellationToken cancellationToken)
    {
        var counts = await QueryAsync(
            new Statement(
                """
                WITH old AS MATERIALIZED (
                  SELECT i.id FROM fastvlm.incident i WHERE i.state = 'cleared' AND i.cleared_at < $1
                    AND NOT EXISTS (SELECT 1 FROM fastvlm.delivery d WHERE d.incident_id = i.id AND d.state = 'pending')
                  ORDER BY i.cleared_at, i.id LIMIT $2),
                pictures AS (DELETE FROM fastvlm.picture WHERE incident_id IN (SELECT id FROM old) RETURNING 1),
                evidence AS (DELETE FROM fastvlm.evidence WHERE incident_id IN (SELECT id FROM old) RETURNING 1),
                incidents AS (DELETE FROM fastvlm.incident WHERE id IN (SELECT id FROM old) RETURNING 1)
                SELECT count(*) FROM incidents UNION ALL SELECT count(*) FROM pictures
                """,
                clearedBefore.ToTicks(), StorageLimits.PostgresSweepBatchLength),
            cancellationToken);
        return new SweepCounts { Incidents = counts[0], Pictures = counts[1] };
    }

    public async Task<SweepCounts> DeliveriesAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken) => new()
    {
        Deliveries = await NumberAsync(
            new Statement(
                """
                WITH old AS MATERIALIZED (
                  SELECT id FROM fastvlm.delivery WHERE created_at < $1 AND state <> 'pending' ORDER BY created_at, id LIMIT $2),
                attempts AS (DELETE FROM fastvlm.attempt WHERE delivery_id IN (SELECT id FROM old)),
                deliveries AS (DELETE FROM fastvlm.delivery WHERE id IN (SELECT id FROM old) AND state <> 'pending' RETURNING 1)
                SELECT count(*) FROM deliveries
                """,
                createdBefore.ToTicks(), StorageLimits.PostgresSweepBatchLength),
            cancellationToken),
    };

    public Task<SweepCounts> SpaceAsync(CancellationToken cancellationToken) => Task.FromResult<SweepCounts>(default);

    /// <summary>Lets go of the lock at once; the server would only do so once it has noticed the end of the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (connection.State == ConnectionState.Open)
            {
                await NumberAsync(new Statement($"SELECT pg_advisory_unlock({Lock})::integer::bigint"), CancellationToken.None);
            }
        }
        catch (StorageException)
        {
            // It is gone, and the lock with it.
            return;
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<long> NumberAsync(Statement statement, CancellationToken cancellationToken) =>
        (await QueryAsync(statement, cancellationToken))[0];

    private async Task<List<long>> QueryAsync(Statement statement, CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = PostgresDatabase.Batch(connection, statement);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var numbers = await reader.ToListAsync(row => row.GetInt64(0), cancellationToken);
            await reader.CloseAsync();
            return numbers;
        }
        catch (Exception e) when (PostgresFailures.IsOfTheStore(e))
        {
            throw failures.ToStorageException(e);
        }
    }

    /// <summary>Begins where no other machine sweeps.</summary>
    internal sealed class Source(PostgresDatabase database) : ISweepSource
    {
        public async Task<ISweep?> BeginAsync(CancellationToken cancellationToken)
        {
            var connection = database.CreateSweeper();
            var sweep = new PostgresSweep(database.Failures.Within(StorageLimits.SweepCommandTimeout), connection);
            try
            {
                await connection.OpenAsync(cancellationToken);
                if (await sweep.NumberAsync(new Statement($"SELECT pg_try_advisory_lock({Lock})::integer::bigint"), cancellationToken) == 1)
                {
                    return sweep;
                }
            }
            catch (Exception e)
            {
                await sweep.DisposeAsync();
                if (PostgresFailures.IsOfTheStore(e))
                {
                    throw database.Failures.ToStorageException(e);
                }

                throw;
            }

            await sweep.DisposeAsync();
            return null;
        }

        /// <summary>Pictures lie in the database: nothing is left outside it.</summary>
        public Task<int> RemoveOrphansAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
