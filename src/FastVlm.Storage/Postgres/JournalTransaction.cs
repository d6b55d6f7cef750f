using System.Data;
using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Stores a group of entries: one round trip where none is fenced, otherwise two, however many they are. For that, beginning
/// and committing are statements among the others.
/// </summary>
internal static class JournalTransaction
{
    /// <returns>For each entry why it was left out; null where it is stored.</returns>
    public static async Task<FencedException?[]> StoreAsync(
        NpgsqlConnection connection, IReadOnlyList<JournalEntry> group, DateTimeOffset now)
    {
        var refusals = new FencedException?[group.Count];
        if (group.All(entry => entry.Fence is null))
        {
            // Statements that are sent together are one transaction by themselves.
            await WriteAsync(connection, group, now);
            return refusals;
        }

        try
        {
            var epochs = await BeginAsync(connection, group);
            for (var i = 0; i < group.Count; i++)
            {
                refusals[i] = group[i].Fence is { } fence ? Judge(fence, epochs.GetValueOrDefault(fence.CameraId)) : null;
            }

            await WriteAsync(connection, [.. group.Where((_, i) => refusals[i] is null)], now, new Statement("COMMIT"));
            return refusals;
        }
        catch (PostgresException) when (connection.State == ConnectionState.Open)
        {
            await using var undo = PostgresDatabase.Batch(connection, new Statement("ROLLBACK"));
            await undo.ExecuteNonQueryAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>A stage must be the last one; a feed must not be older than the last one.</summary>
    public static FencedException? Judge(Fence fence, (long Feed, long Stage) stored) =>
        fence.FeedEpoch < stored.Feed ? Refuse(FenceSide.Feed, fence.CameraId, fence.FeedEpoch.Value, stored.Feed)
        : fence.StageEpoch is { } stage && stage != stored.Stage ? Refuse(FenceSide.Stage, fence.CameraId, stage, stored.Stage)
        : null;

    private static FencedException Refuse(FenceSide side, CameraId camera, long own, long stored) => new(
        side,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The {side.ToColumn()} of camera '{camera.Value}' was started anew elsewhere (epoch {stored}, not {own}) and ends here."));

    /// <summary>
    /// Reads them in a statement after the one that locks: what was taken while it waited is seen. From then on nobody takes
    /// another epoch of these cameras before this transaction has ended.
    /// </summary>
    private static async Task<Dictionary<CameraId, (long Feed, long Stage)>> BeginAsync(
        NpgsqlConnection connection, IReadOnlyList<JournalEntry> group)
    {
        string[] cameras = [.. group.Select(entry => entry.Fence?.CameraId.Value).OfType<string>().Distinct()];
        await using var batch = PostgresDatabase.Batch(
            connection,
            new Statement("BEGIN ISOLATION LEVEL READ COMMITTED"),
            CameraLock.Shared(cameras),
            new Statement(
                "SELECT camera_id, feed_epoch, stage_epoch FROM fastvlm.camera_fence WHERE camera_id = ANY($1::text[])", [cameras]));
        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        var epochs = await reader.ToListAsync(
            row => (Camera: new CameraId(row.GetString(0)), Epochs: (row.GetInt64(1), row.GetInt64(2))), CancellationToken.None);
        return epochs.ToDictionary(e => e.Camera, e => e.Epochs);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<JournalEntry> entries, DateTimeOffset now, params IReadOnlyList<Statement> last)
    {
        await using var batch = PostgresDatabase.Batch(connection, [.. JournalStatements.Of(entries, now), .. last]);
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
