using System.Threading.Channels;
using FastVlm.Pipeline.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FastVlm.Storage.Sqlite;

/// <summary>
/// The only one who writes. Changes that wait at the same time share one transaction, and with it one sync of the disk;
/// each is told of its end only after the commit. A change that fails by itself is undone alone. After a failure of the
/// store (disk full, locked) the next changes are tried afresh.
/// </summary>
internal sealed class DatabaseWriter : IAsyncDisposable
{
    private readonly Channel<IChange> _queue = Channel.CreateBounded<IChange>(
        new BoundedChannelOptions(StorageLimits.WriteQueueLengthMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly string _path;
    private readonly Func<SqlSession> _open;
    private readonly Task _loop;
    private SqlSession? _session;

    public DatabaseWriter(string path, SqlSession session, Func<SqlSession> open)
    {
        _path = path;
        _session = session;
        _open = open;
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Makes a change and returns once it is on disk.</summary>
    /// <exception cref="StorageException">The store cannot take it now; nothing of it was stored.</exception>
    public async Task<T> WriteAsync<T>(Func<WriteTransaction, T> change, CancellationToken cancellationToken)
    {
        var waiting = new Change<T>(change, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new StorageException($"The database '{_path}' is closed, because the platform is stopping.", e);
        }

        return await waiting.Done.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _session?.Dispose();
    }

    private async Task WriteAsync()
    {
        var batch = new List<IChange>(StorageLimits.WriteBatchLengthMax);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < StorageLimits.WriteBatchLengthMax && _queue.Reader.TryRead(out var change))
            {
                batch.Add(change);
            }

            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(IReadOnlyList<IChange> batch)
    {
        var failure = TryCommit(batch);
        if (failure?.SqliteErrorCode == raw.SQLITE_FULL && batch.Count > 1)
        {
            // What room is left may hold some of them.
            foreach (var change in batch)
            {
                Commit([change]);
            }

            return;
        }

        var told = failure is null ? null : StoreFailures.ToStorageException(failure, _path);
        foreach (var change in batch)
        {
            change.Tell(told);
        }
    }

    private SqliteException? TryCommit(IReadOnlyList<IChange> batch)
    {
        try
        {
            _session ??= _open();
            _session.Execute("BEGIN IMMEDIATE");
            var transaction = new WriteTransaction(_session);
            foreach (var change in batch)
            {
                Apply(change, transaction);
            }

            transaction.IndexCaptions();
            _session.Execute("COMMIT");
            return null;
        }
        catch (SqliteException e)
        {
            GiveUp(e);
            return e;
        }
    }

    /// <summary>
    /// A full disk and a lock leave the connection sound; closing it would ask for room again. After anything else, a fresh
    /// connection leaves behind whatever the failure left in this one.
    /// </summary>
    private void GiveUp(SqliteException failure)
    {
        try
        {
            if (_session?.IsInTransaction == true)
            {
                _session.Execute("ROLLBACK");
            }

            if (failure.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
            {
                return;
            }
        }
        catch (SqliteException)
        {
            // Closing it, below, rolls back as well.
        }

        _session?.Dispose();
        _session = null;
    }

    private static void Apply(IChange change, WriteTransaction transaction)
    {
        var mark = transaction.Begin();
        try
        {
            change.Apply(transaction);
            transaction.Keep();
        }
        catch (SqliteException e) when (StoreFailures.IsOfTheStore(e))
        {
            throw;
        }
        catch (Exception e)
        {
            // One change's defect is told to its caller and must not reach its neighbours, whatever it is.
            transaction.Undo(mark);
            change.Reject(e);
        }
    }

    private interface IChange
    {
        void Apply(WriteTransaction transaction);

        /// <summary>It failed by itself.</summary>
        void Reject(Exception failure);

        /// <summary>Tells the caller how it ended; with a failure of the store nothing was stored.</summary>
        void Tell(StorageException? failureOfTheStore);
    }

    private sealed class Change<T>(Func<WriteTransaction, T> change, CancellationToken cancellationToken) : IChange
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;
        private T? _result;

        public Task<T> Done => _done.Task;

        public void Apply(WriteTransaction transaction)
        {
            _failure = null;

            // Nobody waits for it any more: better not made than made unseen.
            cancellationToken.ThrowIfCancellationRequested();
            _result = change(transaction);
        }

        public void Reject(Exception failure) => _failure = failure;

        public void Tell(StorageException? failureOfTheStore)
        {
            if ((_failure ?? failureOfTheStore) is not { } failure)
            {
                _done.TrySetResult(_result!);
            }
            else if (failure is OperationCanceledException)
            {
                _done.TrySetCanceled(cancellationToken);
            }
            else
            {
                _done.TrySetException(failure);

                // A caller that has stopped waiting does not look.
                _ = _done.Task.Exception;
            }
        }
    }
}
