using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Stores what one look leaves behind, pictures included. Appending the same entry again changes nothing, so a caller that was
/// not answered may try again.
/// </summary>
internal sealed class PostgresJournal(JournalWriter writer) : IStageJournal
{
    public async Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await writer.WriteAsync(JournalEntry.Of(entry), cancellationToken);
    }
}
