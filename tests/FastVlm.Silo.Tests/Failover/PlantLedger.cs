using Npgsql;

namespace FastVlm.Silo.Tests.Failover;

/// <summary>
/// Reads the cluster's database from outside, to see whether its promises were kept. Each query gives the violations, in words.
/// </summary>
internal sealed class PlantLedger(string database)
{
    // A caption of a newer feed, then one of an older: both feeds told of the camera at the same time.
    private const string Overlaps = """
        SELECT format('camera %s: caption %s of feed %s came after one of feed %s', camera_id, id, feed_epoch, before)
        FROM (SELECT camera_id, id, feed_epoch, lag(feed_epoch) OVER (PARTITION BY camera_id ORDER BY id) AS before
              FROM fastvlm.caption) AS c
        WHERE feed_epoch < before
        """;

    // A caption that a rule held in, 100 ns around which no incident of that rule and camera was open.
    private const string LostIncidents = """
        SELECT format('camera %s: caption %s matched rule %s and no incident was open', c.camera_id, c.id, rule)
        FROM fastvlm.caption AS c, json_array_elements_text(c.matched_rules::json) AS rule
        WHERE c.matched_rules IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM fastvlm.incident AS i
          WHERE i.camera_id = c.camera_id AND i.rule_id = rule AND i.opened_at <= c.captured_at + c.matched_after
            AND (i.cleared_at IS NULL OR i.cleared_at >= c.captured_at + c.matched_after))
        """;

    private const string OpenedTwice = """
        SELECT format('camera %s: incidents %s and %s of one rule were open at once', a.camera_id, a.id, b.id)
        FROM fastvlm.incident AS a JOIN fastvlm.incident AS b
          ON a.camera_id = b.camera_id AND a.rule_id = b.rule_id AND a.id < b.id
        WHERE b.opened_at < coalesce(a.cleared_at, 9223372036854775807)
        """;

    // Cleared incidents are told of twice, open ones once.
    private const string NotTold = """
        SELECT format('incident %s has %s messages of its opening and %s of its clearing', i.id, opened, cleared)
        FROM fastvlm.incident AS i
        CROSS JOIN LATERAL (SELECT
          count(*) FILTER (WHERE event_type = 'incident.opened') AS opened,
          count(*) FILTER (WHERE event_type = 'incident.cleared') AS cleared
          FROM fastvlm.delivery AS d WHERE d.incident_id = i.id) AS told
        WHERE i.kind = 'rule' AND (opened <> 1 OR cleared <> CASE WHEN i.state = 'cleared' THEN 1 ELSE 0 END)
        """;

    private const string Undelivered = """
        SELECT format('delivery %s is %s after %s tries: %s', id, state, attempt_count, last_result)
        FROM fastvlm.delivery WHERE state <> 'delivered'
        """;

    /// <summary>What holds at every moment.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync() =>
    [
        .. await TextsAsync(Overlaps), .. await TextsAsync(LostIncidents), .. await TextsAsync(OpenedTwice), .. await TextsAsync(NotTold),
    ];

    /// <summary>What has not reached its receiver yet.</summary>
    public Task<IReadOnlyList<string>> UndeliveredAsync() => TextsAsync(Undelivered);

    public Task<IReadOnlyList<string>> DeliveredIdsAsync() => TextsAsync("SELECT id FROM fastvlm.delivery WHERE state = 'delivered'");

    /// <summary>Newest feed and first caption of that feed, by camera.</summary>
    public async Task<IReadOnlyDictionary<string, (long Epoch, DateTimeOffset StoredAt)>> NewestFeedsAsync()
    {
        const string sql = """
            SELECT DISTINCT ON (camera_id) camera_id, feed_epoch, captured_at + matched_after
            FROM fastvlm.caption ORDER BY camera_id, feed_epoch DESC, id
            """;
        return (await QueryAsync(sql, row => (Camera: row.GetString(0), Epoch: row.GetInt64(1), At: Instant(row.GetInt64(2)))))
            .ToDictionary(row => row.Camera, row => (row.Epoch, row.At));
    }

    /// <summary>The longest time between two captions of each camera since an instant.</summary>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> LongestGapsAsync(DateTimeOffset since)
    {
        var sql = $"""
            SELECT camera_id, max(gap) FROM (
              SELECT camera_id, captured_at - lag(captured_at) OVER (PARTITION BY camera_id ORDER BY id) AS gap
              FROM fastvlm.caption WHERE captured_at > {Ticks(since)}) AS g
            GROUP BY camera_id
            """;
        return (await QueryAsync(sql, row => (Camera: row.GetString(0), Gap: row.IsDBNull(1) ? 0 : row.GetInt64(1))))
            .ToDictionary(row => row.Camera, row => new TimeSpan(row.Gap));
    }

    public async Task<long> CountAsync(string table) =>
        (await QueryAsync($"SELECT count(*) FROM fastvlm.{table}", row => row.GetInt64(0)))[0];

    private static DateTimeOffset Instant(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static long Ticks(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks;

    private Task<IReadOnlyList<string>> TextsAsync(string sql) => QueryAsync(sql, row => row.GetString(0));

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
