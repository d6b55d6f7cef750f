using Microsoft.Extensions.Logging;

namespace FastVlm.Storage;

/// <summary>All log messages of this project; ids 5000 to 5999, never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(5000, LogLevel.Information, "Opened the database '{Path}', version {Version} (was {PreviousVersion}).")]
    public static partial void DatabaseOpened(this ILogger logger, string path, int version, long previousVersion);

    [LoggerMessage(5001, LogLevel.Warning,
        "Loaded {Count} entries without their secrets, disabled ({Names}): enter the secrets anew.")]
    public static partial void SecretsForgotten(this ILogger logger, int count, string names);

    [LoggerMessage(5002, LogLevel.Information, "The last run did not end cleanly; checked the database in {DurationMs} ms: sound.")]
    public static partial void DatabaseSound(this ILogger logger, double durationMs);

    [LoggerMessage(5004, LogLevel.Information,
        "Swept {Captions} captions, {Pictures} pictures, {Incidents} incidents, {Deliveries} deliveries, {Orphans} orphaned files and "
        + "{Pages} pages in {DurationMs} ms.")]
    public static partial void Swept(
        this ILogger logger, long captions, long pictures, long incidents, long deliveries, long orphans, long pages, double durationMs);

    [LoggerMessage(5005, LogLevel.Warning, "The sweep was cut short; the next one goes on. {Reason}")]
    public static partial void SweepFailed(this ILogger logger, string reason);

    [LoggerMessage(5003, LogLevel.Warning,
        "The last run did not end cleanly; the check of the database was given up after {DurationMs} ms without a find. "
        + "For a full one run: sqlite3 '{Path}' 'PRAGMA integrity_check'.")]
    public static partial void DatabaseCheckGivenUp(this ILogger logger, double durationMs, string path);

    [LoggerMessage(5100, LogLevel.Information, "Opened the database {Database}, version {Version} (was {PreviousVersion}).")]
    public static partial void PostgresOpened(this ILogger logger, string database, int version, long previousVersion);

    [LoggerMessage(5101, LogLevel.Information, "Listening for what other machines change in the database {Database}.")]
    public static partial void SignalsConnected(this ILogger logger, string database);

    [LoggerMessage(5102, LogLevel.Warning,
        "Not told of what other machines change until the connection is there again; trying on. {Reason}")]
    public static partial void SignalsLost(this ILogger logger, string reason);
}
