using FastVlm.Storage.Captions;
using FastVlm.Storage.Incidents;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Retention;

/// <summary>Sweeps SQLite, through the one writer. One process holds a data directory, so no other sweep runs beside.</summary>
internal sealed class SweepBatches(DatabaseWriter writer, ReaderPool readers, EvidenceFiles files) : ISweep
{
    public Task<long> CountCaptionsAsync(CancellationToken cancellationToken) =>
        NumberAsync("SELECT count(*) FROM caption", cancellationToken);

    public Task<long> CountPictureBytesAsync(CancellationToken cancellationToken) =>
        NumberAsync("SELECT sum(bytes) FROM picture", cancellationToken);

    public async Task<SweepCounts> CaptionsAsync(DateTimeOffset before, long countMax, CancellationToken cancellationToken)
    {
        var limit = Math.Min(countMax, StorageLimits.SweepBatchLength);
        return limit < 1 ? default : new SweepCounts
        {
            Captions = await writer.WriteAsync(transaction => RemoveCaptions(transaction, before, limit), cancellationToken),
        };
    }

    public async Task<(SweepCounts Removed, long Bytes)> PicturesAsync(
        DateTimeOffset before, long bytesMax, CancellationToken cancellationToken)
    {
        if (bytesMax < 1)
        {
            return default;
        }

        var removed = await writer.WriteAsync(
            transaction => RemovePictures(
                transaction.Session,
                """
                SELECT p.incident_id, p.number, p.file, p.bytes FROM picture p LEFT JOIN incident i ON i.id = p.incident_id
                WHERE p.stored_at < $1 AND i.state IS NOT 'open' ORDER BY p.stored_at LIMIT $2
                """,
                bytesMax, before.ToTicks(), StorageLimits.SweepBatchLength),
            cancellationToken);

        // Only now that no row names them.
        files.RemoveFiles(removed);
        return (new SweepCounts { Pictures = removed.Count }, removed.Sum(picture => picture.Bytes));
    }

    public async Task<SweepCounts> IncidentsAsync(DateTimeOffset clearedBefore, CancellationToken cancellationToken)
    {
        var (count, pictures) = await writer.WriteAsync(
            transaction => RemoveIncidents(transaction.Session, clearedBefore), cancellationToken);
        files.RemoveFiles(pictures);
        return new SweepCounts { Incidents = count, Pictures = pictures.Count };
    }

    public async Task<SweepCounts> DeliveriesAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken) => new()
    {
        Deliveries = await writer.WriteAsync(
            transaction =>
            {
                var ids = transaction.Session.Query(
                    "SELECT id FROM delivery WHERE created_at < $1 AND state <> 'pending' ORDER BY created_at, id LIMIT $2",
                    row => row.GetString(0), createdBefore.ToTicks(), StorageLimits.SweepBatchLength);
                foreach (var id in ids)
                {
                    transaction.Session.Execute("DELETE FROM attempt WHERE delivery_id = $1", id);
                    transaction.Session.Execute("DELETE FROM delivery WHERE id = $1", id);
                }

                return ids.Count;
            },
            cancellationToken),
    };

    public Task<SweepCounts> SpaceAsync(CancellationToken cancellationToken) =>
        PagesAsync(StorageLimits.FreePagesKept, cancellationToken);

    /// <summary>Gives free pages back to the disk while there are more than are kept for the next rows.</summary>
    public async Task<SweepCounts> PagesAsync(long freePagesKept, CancellationToken cancellationToken) => new()
    {
        Pages = await writer.WriteAsync(
            transaction =>
            {
                var free = FreePages(transaction.Session);
                if (free <= freePagesKept)
                {
                    return 0;
                }

                transaction.Session.Query($"PRAGMA incremental_vacuum({StorageLimits.VacuumPages})", _ => true);
                return free - FreePages(transaction.Session);
            },
            cancellationToken),
    };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Not through the writer: counting takes a while.</summary>
    private Task<long> NumberAsync(string sql, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Number(sql) ?? 0, cancellationToken);

    private static long FreePages(SqlSession session) => session.Number("PRAGMA freelist_count") ?? 0;

    private static int RemoveCaptions(WriteTransaction transaction, DateTimeOffset before, long limit)
    {
        var session = transaction.Session;
        var words = session.Query(
            "SELECT seq, text, camera FROM caption WHERE seq < $1 ORDER BY seq LIMIT $2",
            row => new CaptionWords(row.GetInt64(0), row.GetString(1), row.GetInt64(2)),
            Math.Min(CaptionKey.First(before), transaction.OldestUnindexed), limit);
        foreach (var caption in words)
        {
            // The index holds no text of its own: it is told what to forget.
            session.Execute(
                "INSERT INTO caption_text (caption_text, rowid, text, camera) VALUES ('delete', $1, $2, $3)",
                caption.Seq, caption.Text, caption.Camera);
            session.Execute("DELETE FROM caption WHERE seq = $1", caption.Seq);
        }

        return words.Count;
    }

    private static (int Count, List<StoredPicture> Pictures) RemoveIncidents(SqlSession session, DateTimeOffset clearedBefore)
    {
        var ids = session.Query(
            """
            SELECT id FROM incident i WHERE state = 'cleared' AND cleared_at < $1
              AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.incident_id = i.id AND d.state = 'pending')
            ORDER BY cleared_at LIMIT $2
            """,
            row => row.GetString(0), clearedBefore.ToTicks(), StorageLimits.SweepBatchLength);
        var pictures = new List<StoredPicture>();
        foreach (var id in ids)
        {
            pictures.AddRange(RemovePictures(
                session, "SELECT incident_id, number, file, bytes FROM picture WHERE incident_id = $1", long.MaxValue, id));
            session.Execute("DELETE FROM evidence WHERE incident_id = $1", id);
            session.Execute("DELETE FROM incident WHERE id = $1", id);
        }

        return (ids.Count, pictures);
    }

    private static List<StoredPicture> RemovePictures(
        SqlSession session, string sql, long bytesMax, params ReadOnlySpan<object?> values)
    {
        var removed = new List<StoredPicture>();
        foreach (var picture in session.Query(sql, StoredPicture.Read, values))
        {
            session.Execute("DELETE FROM picture WHERE incident_id = $1 AND number = $2", picture.IncidentId, picture.Number);
            removed.Add(picture);
            bytesMax -= picture.Bytes;
            if (bytesMax < 1)
            {
                break;
            }
        }

        return removed;
    }
}
