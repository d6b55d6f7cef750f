using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Captions;

namespace FastVlm.Storage.Postgres;

/// <summary>Reads captions; they are written by the journal. Their order is that of capture, then of ids.</summary>
internal sealed class PostgresCaptionHistory(PostgresDatabase database) : ICaptionHistory
{
    private const string Columns = """
        c.id, c.camera_id, c.text, c.prompt, c.model, c.reason, c.frame_index, c.captured_at, c.sampled_after,
        c.queued_after, c.started_after, c.encoded_after, c.first_token_after, c.last_token_after, c.matched_after, c.stored_after,
        c.delivered_after, c.frame_age, c.time_to_first_token, c.new_token_count, c.matched_rules, c.answers
        """;

    private const string InSpan = "c.captured_at >= $1 AND c.captured_at < $2 AND c.camera_id = ANY($3::text[])";

    public async Task<IReadOnlyList<CaptionRecord>> FindAsync(CaptionQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, Limits.PageLengthMax);
        var camera = query.CameraId?.Value;
        return await database.QueryAsync(
            new Statement(
                Sql(query),
                camera, query.From?.ToTicks(), query.To?.ToTicks(), query.Before?.Value, PostgresSearchQuery.From(query.Text),
                camera is null ? null : PostgresSearchQuery.QuoteCameraWord(camera), query.Limit),
            CaptionRow.ReadCaption, cancellationToken);
    }

    public async Task<CaptionRecord?> FindAsync(CaptionId id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            new Statement($"SELECT {Columns} FROM fastvlm.caption c WHERE c.id = $1", id.Value), CaptionRow.ReadCaption,
            cancellationToken)).FirstOrDefault();

    public async IAsyncEnumerable<CaptionRecord> ReadAsync(CaptionSpan span, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(span);
        var (from, afterId) = (span.From.ToTicks(), "");
        while (true)
        {
            var page = await database.QueryAsync(
                new Statement(
                    $"""
                    SELECT {Columns} FROM fastvlm.caption c WHERE {InSpan} AND (c.captured_at, c.id) > ($1, $4)
                    ORDER BY c.captured_at, c.id LIMIT {StorageLimits.ReadPageLength}
                    """,
                    from, span.To.ToTicks(), Ids(span), afterId),
                CaptionRow.ReadCaption, cancellationToken);
            foreach (var caption in page)
            {
                yield return caption;
            }

            if (page.Count < StorageLimits.ReadPageLength)
            {
                yield break;
            }

            (from, afterId) = (page[^1].Stamps.CapturedAt.ToTicks(), page[^1].Id.Value);
        }
    }

    public async Task<long> CountAsync(CaptionSpan span, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(span);
        return (await database.QueryAsync(
            new Statement(
                $"SELECT count(*) FROM fastvlm.caption c WHERE {InSpan}", span.From.ToTicks(), span.To.ToTicks(), Ids(span)),
            row => row.GetInt64(0), cancellationToken))[0];
    }

    private static string[] Ids(CaptionSpan span) => [.. span.Cameras.Select(camera => camera.Value)];

    /// <summary>What is not asked for is null, and the server leaves its condition out when it plans.</summary>
    private static string Sql(CaptionQuery query)
    {
        // A caption that is no longer kept was older than all that are.
        var before = query.Before is null ? "$4::text IS NULL" : """
            (c.captured_at, c.id)
              < ((SELECT captured_at FROM fastvlm.caption WHERE id = $4::text), (SELECT id FROM fastvlm.caption WHERE id = $4))
            """;
        return $"""
            SELECT {Columns} FROM fastvlm.caption c
            WHERE ($1::text IS NULL OR c.camera_id = $1) AND ($2::bigint IS NULL OR c.captured_at >= $2)
              AND ($3::bigint IS NULL OR c.captured_at < $3) AND {before}
              AND ($5::text IS NULL OR c.words @@ CASE WHEN $6::text IS NULL THEN to_tsquery('fastvlm.words', $5)
                ELSE $6::tsquery && to_tsquery('fastvlm.words', $5) END)
            ORDER BY c.captured_at DESC, c.id DESC LIMIT $7
            """;
    }
}
