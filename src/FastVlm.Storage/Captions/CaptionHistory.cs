using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Captions;

/// <summary>Reads captions; they are written by the journal.</summary>
internal sealed class CaptionHistory(ReaderPool readers) : ICaptionHistory
{
    public Task<IReadOnlyList<CaptionRecord>> FindAsync(CaptionQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, Limits.PageLengthMax);
        return readers.ReadAsync(session => Find(session, query), cancellationToken);
    }

    public Task<CaptionRecord?> FindAsync(CaptionId id, CancellationToken cancellationToken) => readers.ReadAsync(
        session => session.Query(
            $"{CaptionRow.Select} FROM caption c {CaptionRow.Names} WHERE c.id = $1", CaptionRow.Read, id.Value)
            .Select(row => row.Caption).FirstOrDefault(),
        cancellationToken);

    public async IAsyncEnumerable<CaptionRecord> ReadAsync(CaptionSpan span, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(span);
        var from = CaptionKey.First(span.From);
        while (true)
        {
            var page = await readers.ReadAsync(session => Page(session, span, from), cancellationToken);
            foreach (var (caption, _) in page)
            {
                yield return caption;
            }

            if (page.Count < StorageLimits.ReadPageLength)
            {
                yield break;
            }

            from = page[^1].Seq + 1;
        }
    }

    public Task<long> CountAsync(CaptionSpan span, CancellationToken cancellationToken) => readers.ReadAsync(
        session => session.Number(
            $"SELECT count(*) FROM caption c WHERE {InSpan}", SpanValues(span, CaptionKey.First(span.From))) ?? 0,
        cancellationToken);

    private const string InSpan = """
        c.seq >= $1 AND c.seq < $2 AND c.captured_at >= $3 AND c.captured_at < $4
        AND c.camera IN (SELECT n.id FROM name n WHERE n.text IN (SELECT value FROM json_each($5)))
        """;

    private static object?[] SpanValues(CaptionSpan span, long from) =>
    [
        from, CaptionKey.Next(CaptionKey.First(span.To)), span.From.ToTicks(), span.To.ToTicks(), StoredJson.Write(span.Cameras),
    ];

    private static List<(CaptionRecord Caption, long Seq)> Page(SqlSession session, CaptionSpan span, long from) => session.Query(
        $"{CaptionRow.Select} FROM caption c {CaptionRow.Names} WHERE {InSpan} ORDER BY c.seq LIMIT {StorageLimits.ReadPageLength}",
        CaptionRow.Read,
        SpanValues(span, from));

    private static IReadOnlyList<CaptionRecord> Find(SqlSession session, CaptionQuery query)
    {
        long? camera = null;
        if (query.CameraId is { } cameraId)
        {
            camera = session.Number("SELECT id FROM name WHERE text = $1", cameraId.Value);
            if (camera is null)
            {
                return [];
            }
        }

        var before = long.MaxValue;
        if (query.Before is { } id)
        {
            // A caption that is no longer kept was older than all that are.
            before = session.Number("SELECT seq FROM caption WHERE id = $1", id.Value) ?? long.MinValue;
        }

        var match = SearchQuery.From(query.Text, camera);
        var from = query.From ?? DateTimeOffset.MinValue;
        var to = query.To ?? DateTimeOffset.MaxValue;
        before = Math.Min(before, CaptionKey.Next(CaptionKey.First(to)));
        return [.. session.Query(
            Sql(match is not null, camera is not null), CaptionRow.Read,
            CaptionKey.First(from), before, from.ToTicks(), to.ToTicks(), query.Limit, match, camera).Select(row => row.Caption)];
    }

    /// <summary>Both tables have the same key, and the range of keys does most of the work of the times.</summary>
    private static string Sql(bool hasWords, bool hasCamera)
    {
        var key = hasWords ? "t.rowid" : "c.seq";
        var source = hasWords ? "caption_text t CROSS JOIN caption c ON c.seq = t.rowid" : "caption c";
        var condition = (hasWords ? "AND caption_text MATCH $6 " : "") + (hasCamera ? "AND c.camera = $7 " : "");
        return $"""
            {CaptionRow.Select} FROM {source} {CaptionRow.Names}
            WHERE {key} >= $1 AND {key} < $2 AND c.captured_at >= $3 AND c.captured_at < $4 {condition}
            ORDER BY {key} DESC LIMIT $5
            """;
    }
}
