using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FastVlm.Storage.Sqlite;

/// <summary>Read-only connections. In WAL mode a reader sees the last commit and holds up no writer.</summary>
internal sealed class ReaderPool(string path) : IAsyncDisposable
{
    private readonly SemaphoreSlim _places = new(StorageLimits.ReadersMax);
    private readonly ConcurrentBag<SqlSession> _idle = [];

    /// <summary>Runs a query off the caller's thread.</summary>
    /// <exception cref="Pipeline.Storage.StorageException">The database cannot be read now.</exception>
    public async Task<T> ReadAsync<T>(Func<SqlSession, T> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read, cancellationToken), cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Waits for the queries that run.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < StorageLimits.ReadersMax; i++)
        {
            await _places.WaitAsync(CancellationToken.None);
        }

        foreach (var session in _idle)
        {
            session.Dispose();
        }

        _places.Dispose();
    }

    private T Read<T>(Func<SqlSession, T> read, CancellationToken cancellationToken)
    {
        SqlSession? session = null;
        try
        {
            session = _idle.TryTake(out var idle) ? idle : SqlSession.OpenReader(path);
            T result;
            using (cancellationToken.Register(session.Interrupt))
            {
                result = read(session);
            }

            _idle.Add(session);
            session = null;
            return result;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException e) when (StoreFailures.IsOfTheStore(e))
        {
            throw StoreFailures.ToStorageException(e, path);
        }
        finally
        {
            // Still here only after a failure: what it was amid is unknown.
            session?.Dispose();
        }
    }
}
