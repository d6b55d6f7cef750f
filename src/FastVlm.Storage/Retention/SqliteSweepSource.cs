using FastVlm.Storage.Incidents;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Retention;

/// <summary>Sweeps a data directory: the database and its picture files.</summary>
internal sealed class SqliteSweepSource(DatabaseWriter writer, ReaderPool readers, EvidenceFiles files) : ISweepSource
{
    private readonly OrphanFiles _orphans = new(readers, files);

    public Task<ISweep?> BeginAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ISweep?>(new SweepBatches(writer, readers, files));

    public Task<int> RemoveOrphansAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) =>
        _orphans.RemoveAsync(writtenBefore, cancellationToken);
}
