using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Retention;
using Microsoft.Extensions.Logging;

namespace FastVlm.Storage;

/// <summary>
/// Removes what is past its time, in small batches that take their turn among the other changes: nobody who stores waits
/// for more than one of them. Knows nothing of what things mean beyond: open incidents and pending deliveries stay.
/// </summary>
public sealed class RetentionSweeper : IDisposable
{
    private readonly ISweepSource _source;
    private readonly RetentionOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _sweeping = new(1);
    private readonly Lock _gate = new();
    private SweepCounts _removed;

    internal RetentionSweeper(ISweepSource source, RetentionOptions options, (TimeProvider Time, ILogger Logger) host)
    {
        _source = source;
        _options = options;
        (_timeProvider, _logger) = host;
    }

    /// <summary>Since the store was opened.</summary>
    public SweepCounts Removed
    {
        get
        {
            lock (_gate)
            {
                return _removed;
            }
        }
    }

    /// <summary>Sweeps at its interval until cancelled. A store that cannot sweep now is swept next time.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var wait = StorageLimits.FirstSweepAfter;
        var orphansDueAt = DateTimeOffset.MinValue;
        while (true)
        {
            await Task.Delay(wait, _timeProvider, cancellationToken);
            try
            {
                await SweepAsync(cancellationToken);
                if (_timeProvider.GetUtcNow() >= orphansDueAt)
                {
                    await SweepOrphansAsync(cancellationToken);
                    orphansDueAt = _timeProvider.GetUtcNow() + StorageLimits.OrphanInterval;
                }
            }
            catch (StorageException e)
            {
                _logger.SweepFailed(e.Message);
            }

            wait = _options.Interval;
        }
    }

    /// <summary>Removes everything that is past its time now, unless another process does so at this moment.</summary>
    /// <exception cref="StorageException">The store cannot do it now; what was removed is counted.</exception>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        await _sweeping.WaitAsync(cancellationToken);
        try
        {
            await using var sweep = await _source.BeginAsync(cancellationToken);
            if (sweep is not null)
            {
                await SweepAsync(sweep, cancellationToken);
            }
        }
        finally
        {
            _sweeping.Release();
        }
    }

    /// <summary>Removes picture files that a crash left behind.</summary>
    internal async Task SweepOrphansAsync(CancellationToken cancellationToken)
    {
        var start = _timeProvider.GetTimestamp();
        var before = Removed;
        var count = await _source.RemoveOrphansAsync(_timeProvider.GetUtcNow() - StorageLimits.OrphanAfter, cancellationToken);
        Add(new SweepCounts { OrphanedFiles = count });
        Tell(before, start);
    }

    /// <summary>Once <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => _sweeping.Dispose();

    private async Task SweepAsync(ISweep sweep, CancellationToken cancellationToken)
    {
        var start = _timeProvider.GetTimestamp();
        var before = Removed;
        var now = _timeProvider.GetUtcNow();
        await RepeatAsync(() => sweep.CaptionsAsync(now - _options.Captions, long.MaxValue, cancellationToken), cancellationToken);
        await RepeatAsync(ExcessCaptions(await sweep.CountCaptionsAsync(cancellationToken)), cancellationToken);
        await RepeatAsync(OldPictures, cancellationToken);
        await RepeatAsync(ExcessPictures(await sweep.CountPictureBytesAsync(cancellationToken)), cancellationToken);
        await RepeatAsync(() => sweep.IncidentsAsync(now - _options.Incidents, cancellationToken), cancellationToken);
        await RepeatAsync(() => sweep.DeliveriesAsync(now - _options.Deliveries, cancellationToken), cancellationToken);
        await RepeatAsync(() => sweep.SpaceAsync(cancellationToken), cancellationToken);
        Tell(before, start);

        async Task<SweepCounts> OldPictures() =>
            (await sweep.PicturesAsync(now - _options.Pictures, long.MaxValue, cancellationToken)).Removed;

        Func<Task<SweepCounts>> ExcessCaptions(long count) => async () =>
        {
            var removed = await sweep.CaptionsAsync(DateTimeOffset.MaxValue, count - _options.CaptionsMax, cancellationToken);
            count -= removed.Captions;
            return removed;
        };

        Func<Task<SweepCounts>> ExcessPictures(long bytes) => async () =>
        {
            var (removed, freed) = await sweep.PicturesAsync(
                DateTimeOffset.MaxValue, bytes - _options.PictureBytesMax, cancellationToken);
            bytes -= freed;
            return removed;
        };
    }

    private async Task RepeatAsync(Func<Task<SweepCounts>> batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            var start = _timeProvider.GetTimestamp();
            var removed = await batch();
            if (removed == default)
            {
                return;
            }

            Add(removed);
            await RestAsync(StorageLimits.SweepRestFactor * _timeProvider.GetElapsedTime(start), cancellationToken);
        }
    }

    private Task RestAsync(TimeSpan time, CancellationToken cancellationToken) =>
        time > TimeSpan.Zero ? Task.Delay(time, _timeProvider, cancellationToken) : Task.CompletedTask;

    private void Add(SweepCounts removed)
    {
        lock (_gate)
        {
            _removed += removed;
        }
    }

    private void Tell(SweepCounts before, long start)
    {
        var now = Removed;
        if (now != before)
        {
            _logger.Swept(
                now.Captions - before.Captions, now.Pictures - before.Pictures, now.Incidents - before.Incidents,
                now.Deliveries - before.Deliveries, now.OrphanedFiles - before.OrphanedFiles, now.Pages - before.Pages,
                _timeProvider.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
