using FastVlm.Pipeline.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FastVlm.Storage.Sqlite;

/// <summary>Which failures are the store's and not the change's, and what people are told about them.</summary>
internal static class StoreFailures
{
    /// <summary>The store as a whole cannot do it now; any other change would fail as well.</summary>
    public static bool IsOfTheStore(SqliteException failure) => failure.SqliteErrorCode is
        raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB
        or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL or raw.SQLITE_PERM
        or raw.SQLITE_INTERRUPT;

    public static StorageException ToStorageException(SqliteException failure, string path) => new(Sentence(failure, path), failure);

    public static StorageException ToStorageException(Exception failure, string what, string path) =>
        new(
            $"{what} '{path}' failed ({failure.Message.TrimEnd('.')}); see that the disk has room and that this user may write there.",
            failure);

    private static string Sentence(SqliteException failure, string path) => failure.SqliteErrorCode switch
    {
        raw.SQLITE_FULL =>
            $"The disk of the database '{path}' is full; free some space there, and storing goes on by itself.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            $"The database '{path}' has been locked by another process for more than {StorageLimits.BusyTimeoutMs / 1000.0:0.#} s; "
            + "end the program that has it open, and storing goes on by itself.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM =>
            $"The database '{path}' may not be written; give this user the right to write the file and its folder.",
        raw.SQLITE_CANTOPEN =>
            $"The database '{path}' cannot be opened; see that its folder exists, that this user may read and write there, "
            + "and that the disk has room.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            $"The database '{path}' is damaged ({failure.SqliteErrorCode}); stop the platform, move 'fastvlm.db', 'fastvlm.db-wal' and "
            + "'fastvlm.db-shm' together to another folder, and restore a backup (docs/storage.md) or start without.",
        raw.SQLITE_IOERR =>
            $"Reading or writing the database '{path}' failed (SQLite error {failure.SqliteExtendedErrorCode}); "
            + "see the system's log for faults of the disk, and that it has room.",
        _ => $"The database '{path}' failed (SQLite error {failure.SqliteExtendedErrorCode}): {failure.Message.TrimEnd('.')}.",
    };
}
