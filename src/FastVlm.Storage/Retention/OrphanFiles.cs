using FastVlm.Storage.Incidents;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Retention;

/// <summary>Picture files that no row names: a crash came between the file and the row.</summary>
internal sealed class OrphanFiles(ReaderPool readers, EvidenceFiles files)
{
    /// <param name="writtenBefore">Younger ones may be of an entry that is just being stored.</param>
    /// <param name="cancellationToken">Stops between two folders.</param>
    /// <returns>How many are gone.</returns>
    public async Task<int> RemoveAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var removed = 0;
        try
        {
            foreach (var day in new DirectoryInfo(files.Folder).EnumerateDirectories())
            {
                removed += await RemoveAsync(day, writtenBefore, cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ToStorageException(e, "Looking for orphaned pictures in", files.Folder);
        }

        return removed;
    }

    private async Task<int> RemoveAsync(DirectoryInfo day, DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var isQuiet = day.LastWriteTimeUtc < writtenBefore.UtcDateTime;
        var old = day.EnumerateFiles().Where(file => file.LastWriteTimeUtc < writtenBefore.UtcDateTime)
            .Select(file => $"{day.Name}/{file.Name}").ToArray();
        var orphans = old.Length == 0 ? [] : await readers.ReadAsync(
            session => session.Query(
                "SELECT value FROM json_each($1) WHERE value NOT IN (SELECT file FROM picture)", row => row.GetString(0),
                StoredJson.Write(old)),
            cancellationToken);
        var removed = EvidenceFiles.Remove(orphans.Select(file => Path.Combine(files.Folder, file)));

        // A folder that somebody wrote to lately may be about to get its next picture.
        if (isQuiet && !day.EnumerateFileSystemInfos().Any())
        {
            day.Delete();
        }

        return removed;
    }
}
