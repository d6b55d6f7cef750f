using System.Threading.Channels;
using FastVlm.Pipeline.Storage;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// The one of this process who writes entries, on a connection of its own. Entries that wait at the same time share a
/// transaction; each is told of its end only after the commit. Where an entry's own data make the transaction fail, the
/// entries of the group are stored one by one. After a failure of the server the next group is tried afresh.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    private readonly Channel<PendingEntry> _queue = Channel.CreateBounded<PendingEntry>(
        new BoundedChannelOptions(StorageLimits.WriteQueueLengthMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _timeProvider;
    private readonly Task _loop;
    private NpgsqlConnection? _connection;

    public JournalWriter(PostgresDatabase database, TimeProvider timeProvider)
    {
        _database = database;
        _timeProvider = timeProvider;
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Returns once it is committed. Cancelling ends the wait for its turn; once that has come it is not cancelled.</summary>
    /// <exception cref="StorageException">The server cannot take it now.</exception>
    /// <exception cref="FencedException">It was left out.</exception>
    public async Task WriteAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        var pending = new PendingEntry(entry);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new StorageException($"The database {_database.Failures.Database} is closed, because the platform is stopping.", e);
        }

        await using (cancellationToken.Register(() => pending.TryCancel(cancellationToken)))
        {
            await pending.Done;
        }
    }

    /// <summary>Writes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        await CloseAsync();
    }

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            if (TakeGroup() is { Count: > 0 } group)
            {
                await StoreAsync(group);
            }
        }
    }

    private List<PendingEntry> TakeGroup()
    {
        var group = new List<PendingEntry>();
        var bytes = 0L;
        while (group.Count < StorageLimits.JournalGroupLengthMax && bytes < StorageLimits.JournalGroupBytesMax
            && _queue.Reader.TryRead(out var pending))
        {
            if (pending.TryTake())
            {
                group.Add(pending);
                bytes += pending.Entry.PictureBytes;
            }
        }

        return group;
    }

    private async Task StoreAsync(IReadOnlyList<PendingEntry> group)
    {
        for (var tries = 1; ; tries++)
        {
            var wasOpen = _connection is not null;
            try
            {
                await TryStoreAsync(group);
                return;
            }
            catch (Exception e) when (group.Count > 1 && (PostgresFailures.IsOfTheChange(e) || PostgresFailures.IsConflict(e)))
            {
                foreach (var pending in group)
                {
                    await StoreAsync([pending]);
                }

                return;
            }
            catch (Exception e) when (PostgresFailures.IsConflict(e) && tries < StorageLimits.ConflictTriesMax)
            {
                continue;
            }
            catch (Exception e) when (wasOpen && tries == 1 && PostgresFailures.IsConnectionLost(e))
            {
                // It may have ended long ago, with a restart of the server; appending the same again changes nothing.
                continue;
            }
            catch (Exception e)
            {
                // Whatever it is, it is told to those who wait for it and must not end the loop.
                var told = PostgresFailures.IsOfTheStore(e) ? _database.Failures.ToStorageException(e) : e;
                foreach (var pending in group)
                {
                    pending.Fail(told);
                }

                return;
            }
        }
    }

    private async Task TryStoreAsync(IReadOnlyList<PendingEntry> group)
    {
        try
        {
            if (_connection is null)
            {
                _connection = _database.CreateWriter();
                await _connection.OpenAsync(CancellationToken.None);
            }

            var refusals = await JournalTransaction.StoreAsync(
                _connection, [.. group.Select(pending => pending.Entry)], _timeProvider.GetUtcNow());
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Tell(refusals[i]);
            }
        }
        catch (Exception e) when (!PostgresFailures.IsOfTheChange(e) && !PostgresFailures.IsConflict(e))
        {
            // A fresh one leaves behind whatever the failure left in this one.
            await CloseAsync();
            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private sealed class PendingEntry(JournalEntry entry)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isDecided;

        public JournalEntry Entry => entry;

        public Task Done => _done.Task;

        /// <returns>False where its caller has given up.</returns>
        public bool TryTake() => Interlocked.Exchange(ref _isDecided, 1) == 0;

        public void TryCancel(CancellationToken cancellationToken)
        {
            if (TryTake())
            {
                _done.TrySetCanceled(cancellationToken);
            }
        }

        public void Tell(FencedException? refusal)
        {
            if (refusal is null)
            {
                _done.TrySetResult();
            }
            else
            {
                _done.TrySetException(refusal);
            }
        }

        public void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
