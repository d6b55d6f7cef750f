using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace FastVlm.Storage.Sqlite;

/// <summary>Looks the database over after an end that was not clean, for no longer than a start may be held up.</summary>
internal static class DatabaseCheck
{
    /// <exception cref="SqliteException">The database is damaged.</exception>
    public static void Run(string path, TimeProvider timeProvider, ILogger logger)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var start = timeProvider.GetTimestamp();
        try
        {
            // Also brings in what the log holds, which needs a connection that may write.
            using var session = SqlSession.OpenWriter(path);
            using var limit = timeProvider.CreateTimer(
                _ => session.Interrupt(), null, StorageLimits.CheckTimeMax, Timeout.InfiniteTimeSpan);
            if (session.Text("PRAGMA quick_check(1)") is { } verdict && verdict != "ok")
            {
                throw new SqliteException(verdict, raw.SQLITE_CORRUPT);
            }

            logger.DatabaseSound(timeProvider.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            logger.DatabaseCheckGivenUp(timeProvider.GetElapsedTime(start).TotalMilliseconds, path);
        }
    }
}
