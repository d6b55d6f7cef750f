using System.Diagnostics;
using FastVlm.Pipeline.Incidents;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Storage;

/// <summary>
/// Stands before the journal so that a store which fails for a while holds up no camera and loses nothing that matters:
/// what could not be stored waits here, in order, and is tried again until it is on disk. When too much waits, the oldest
/// captions without news are dropped and counted; openings and clearings of incidents never are: when too many of those
/// wait, who brings another one waits too. One for the whole platform; safe for concurrent use.
/// </summary>
public sealed class JournalBacklog(IStageJournal journal, TimeProvider timeProvider, ILogger logger)
{
    private readonly Lock gate = new();
    private readonly LinkedList<StageEntry> waiting = [];
    private readonly Queue<LinkedListNode<StageEntry>> droppable = [];
    private readonly RetrySchedule retries = new(Limits.JournalRetryFirst, Limits.JournalRetryMax, jitter: 0, new Random(0));
    private TaskCompletionSource changed = NewSignal();
    private bool isStoring;
    private long droppedCount;

    /// <summary>Entries that wait.</summary>
    public int Length
    {
        get
        {
            lock (gate)
            {
                return waiting.Count + (isStoring ? 1 : 0);
            }
        }
    }

    /// <summary>Captions that were never stored.</summary>
    public long DroppedCount => Interlocked.Read(ref droppedCount);

    /// <summary>Stores an entry, or keeps it for later; entries of one caller keep their order.</summary>
    /// <returns>True when it is on disk.</returns>
    /// <exception cref="FencedException">The entry's feed or stage was started anew elsewhere; it was not stored.</exception>
    public async Task<bool> AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (Length == 0)
        {
            try
            {
                // Not cancelled half-way: an entry that is neither stored nor waiting would be lost.
                await journal.AppendAsync(entry, CancellationToken.None);
                return true;
            }
            catch (StorageException failure)
            {
                logger.StorageFailed(failure.Message);
            }
        }

        try
        {
            while (!TryKeep(entry))
            {
                await RoomAsync().WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The camera ends; what it told is kept all the same, one entry for each camera at most.
            Keep(entry);
        }

        return false;
    }

    /// <summary>Tries again what waits, until cancelled; what then still waits stays, for <see cref="DrainAsync"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitForEntriesAsync(cancellationToken);
            if (await TryStoreNextAsync())
            {
                retries.Reset();
            }
            else
            {
                await Task.Delay(retries.Next(), timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Returns when no entry of the camera waits any more.</summary>
    public async Task WhenStoredAsync(CameraId camera)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (!isStoring && waiting.All(entry => entry.Fence?.CameraId != camera))
                {
                    return;
                }

                next = changed.Task;
            }

            await next;
        }
    }

    /// <summary>Stores what waits, once <see cref="RunAsync"/> has ended; gives up at the first failure.</summary>
    /// <returns>How many entries could not be stored, and are lost when the process ends.</returns>
    public async Task<int> DrainAsync()
    {
        while (Length > 0 && await TryStoreNextAsync())
        {
        }

        if (Length > 0)
        {
            logger.EntriesLost(Length);
        }

        return Length;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>People want to know of every change of state; that it is still so, the next look says again.</summary>
    private static bool IsDroppable(StageEntry entry) =>
        entry.Deliveries.Count == 0 && entry.Changes.All(change => change.Kind == IncidentChangeKind.Ongoing);

    private bool TryKeep(StageEntry entry)
    {
        lock (gate)
        {
            if (!IsDroppable(entry) && EventsAreFull)
            {
                return false;
            }

            if (waiting.Count >= Limits.JournalBacklogMax && droppable.TryDequeue(out var oldest))
            {
                waiting.Remove(oldest);
                Interlocked.Increment(ref droppedCount);
                logger.CaptionNotStored(oldest.Value.Caption?.CameraId.Value ?? "", waiting.Count);
            }

            Keep(entry);
            return true;
        }
    }

    private void Keep(StageEntry entry)
    {
        lock (gate)
        {
            var node = waiting.AddLast(entry);
            if (IsDroppable(entry))
            {
                droppable.Enqueue(node);
            }

            Signal();
        }
    }

    private async Task<bool> TryStoreNextAsync()
    {
        var entry = TakeFirst();
        try
        {
            await journal.AppendAsync(entry, CancellationToken.None);
        }
        catch (StorageException failure)
        {
            logger.StorageFailed(failure.Message);
            PutBack(entry);
            return false;
        }
        catch (FencedException fenced)
        {
            // Who told it is gone, and a newer stage has gone on from what was stored: nothing would be right to do with it.
            logger.EntryFenced(entry.Fence?.CameraId.Value ?? "", fenced.Message);
        }
        catch (Exception defect)
        {
            // The store takes others, not this one: tried for ever, it would keep all behind it from the disk.
            logger.EntryRefused(defect, entry.Caption?.CameraId.Value ?? "");
        }

        lock (gate)
        {
            isStoring = false;
            Signal();
        }

        return true;
    }

    private StageEntry TakeFirst()
    {
        lock (gate)
        {
            var first = waiting.First ?? throw new UnreachableException();
            waiting.RemoveFirst();
            if (droppable.TryPeek(out var oldest) && oldest == first)
            {
                droppable.Dequeue();
            }

            isStoring = true;
            return first.Value;
        }
    }

    /// <summary>It is not dropped any more once it was first: a rare caption too many.</summary>
    private void PutBack(StageEntry entry)
    {
        lock (gate)
        {
            waiting.AddFirst(entry);
            isStoring = false;
        }
    }

    private async Task WaitForEntriesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (waiting.Count > 0)
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private Task RoomAsync()
    {
        lock (gate)
        {
            return EventsAreFull ? changed.Task : Task.CompletedTask;
        }
    }

    /// <summary>Under the lock.</summary>
    private bool EventsAreFull => waiting.Count - droppable.Count >= Limits.JournalBacklogEventsMax;

    /// <summary>Under the lock.</summary>
    private void Signal()
    {
        changed.TrySetResult();
        changed = NewSignal();
    }
}
