using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Captions;
using FastVlm.Storage.Incidents;
using FastVlm.Storage.Outbox;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Journal;

/// <summary>
/// Stores what one look leaves behind. Pictures go first, as files that nothing names yet; the transaction that names them
/// makes them part of the store. Appending the same entry again changes nothing, so a caller that was not answered may
/// try again.
/// </summary>
internal sealed class StageJournal(DatabaseWriter writer, EvidenceFiles files, TimeProvider timeProvider) : IStageJournal
{
    public async Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);

        // Whatever of the entry cannot be written as JSON fails here, at its caller.
        var incidents = entry.Changes.Select(IncidentRow.From).ToArray();
        var pictures = await files.WriteAsync(entry.Changes, cancellationToken);
        try
        {
            await writer.WriteAsync(
                transaction =>
                {
                    Write(transaction, entry, incidents, pictures);
                    return true;
                },
                cancellationToken);
        }
        catch (StorageException)
        {
            EvidenceFiles.Remove(pictures.Select(p => p.Path));
            throw;
        }
    }

    private void Write(
        WriteTransaction transaction, StageEntry entry, IReadOnlyList<IncidentRow> incidents, IReadOnlyList<PictureFile> pictures)
    {
        if (entry.Caption is { } caption)
        {
            CaptionRow.Write(transaction, caption);
        }

        foreach (var incident in incidents)
        {
            incident.Write(transaction.Session);
        }

        foreach (var picture in pictures)
        {
            picture.Write(transaction.Session, timeProvider.GetUtcNow());
        }

        foreach (var delivery in entry.Deliveries)
        {
            DeliveryRow.Insert(transaction.Session, delivery);
        }
    }
}
