using System.Globalization;
using System.Net.Sockets;
using FastVlm.Pipeline.Storage;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>Which failures are the store's and not the change's, and what people are told about them; never the password.</summary>
internal sealed class PostgresFailures(string server, string database, string user, TimeSpan commandTimeout)
{
    /// <summary>For sentences.</summary>
    public string Database => $"'{database}' at '{server}'";

    /// <summary>For statements that may take another time.</summary>
    public PostgresFailures Within(TimeSpan otherCommandTimeout) => new(server, database, user, otherCommandTimeout);

    /// <summary>The connection ended; the server may be there.</summary>
    public static bool IsConnectionLost(Exception failure) => failure switch
    {
        PostgresException e => e.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException e => e.InnerException is IOException or SocketException,
        _ => false,
    };

    /// <summary>The change lost against another one that ran at the same time; tried again, it may well go through.</summary>
    public static bool IsConflict(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Another change may go through: bad data (22), a broken constraint (23), something too large (54).</summary>
    public static bool IsOfTheChange(Exception failure) =>
        failure is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] };

    /// <summary>The store as a whole cannot do it now; any other change would fail as well.</summary>
    public static bool IsOfTheStore(Exception failure) =>
        failure is NpgsqlException or ObjectDisposedException or TimeoutException or IOException && !IsOfTheChange(failure);

    public StorageException ToStorageException(Exception failure) => new(Sentence(failure), failure);

    private string Sentence(Exception failure) => failure switch
    {
        PostgresException e => Sentence(e),
        ObjectDisposedException => $"The database {Database} is closed, because the platform is stopping.",
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => string.Create(
            CultureInfo.InvariantCulture,
            $"The database {Database} did not answer within {commandTimeout.TotalSeconds:0.#} s; ")
            + "see that the server is not overloaded and the network to it works, and storing goes on by itself.",
        _ => $"The PostgreSQL server '{server}' cannot be reached ({Reason(failure)}); "
            + "start it or correct the connection string, and storing goes on by itself.",
    };

    private string Sentence(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"The PostgreSQL server '{server}' does not let the role '{user}' in; "
            + "correct name and password in the connection string, or the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName =>
            $"The PostgreSQL server '{server}' has no database '{database}'; create it: CREATE DATABASE {database} OWNER {user}.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"The role '{user}' lacks a right in the database {Database} ({Reason(e)}); "
            + $"make it the owner: ALTER DATABASE {database} OWNER TO {user}.",
        PostgresErrorCodes.DiskFull =>
            $"The disk of the database {Database} is full; free some space there, and storing goes on by itself.",
        PostgresErrorCodes.OutOfMemory =>
            $"The PostgreSQL server '{server}' is out of memory; give it more, and storing goes on by itself.",
        PostgresErrorCodes.TooManyConnections =>
            $"The PostgreSQL server '{server}' has no connection left; raise its max_connections or lower the pool size of the "
            + "platform's machines, and storing goes on by itself.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            $"The database {Database} is read-only; connect to the primary server, not to a standby, and storing goes on by itself.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            $"The PostgreSQL server '{server}' is stopping or starting; storing goes on by itself once it is up.",
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable =>
            $"The database {Database} gave up a statement ({Reason(e)}); "
            + "see that nobody holds a lock on the schema 'fastvlm', and storing goes on by itself.",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted =>
            $"The database {Database} is damaged ({Reason(e)}); restore a backup (docs/storage.md).",
        _ => $"The database {Database} failed (PostgreSQL error {e.SqlState}): {Reason(e)}.",
    };

    private static string Reason(Exception failure) =>
        (failure as PostgresException)?.MessageText.TrimEnd('.') ?? (failure.InnerException ?? failure).Message.TrimEnd('.');
}
