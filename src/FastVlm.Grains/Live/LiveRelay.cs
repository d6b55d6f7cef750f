using System.Threading.Channels;
using FastVlm.Pipeline.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace FastVlm.Grains.Live;

/// <summary>
/// Carries this node's live events to all web nodes: takes them without waiting, and sends them in batches on the streams. One
/// loop per stream, so that a stream whose node died holds up no other; its events wait, bounded. A batch that a stream did
/// not take is sent again, first: events keep their order per camera and may come twice, but those in the memory of a node
/// that dies are lost. Who looks on reads the truth from the store.
/// </summary>
public sealed class LiveRelay : BackgroundService, ILiveFeed
{
    // At the end, one last batch per stream.
    private static readonly TimeSpan LastBatchWithin = TimeSpan.FromSeconds(1);

    private readonly RelayQueue queue = new(ClusterLimits.LiveRelayQueueMax);
    private readonly Channel<bool>[] work = [.. Enumerable.Range(0, ClusterLimits.LivePartitions).Select(_ => NewSignal())];
    private readonly IClusterClient cluster;
    private readonly string self;
    private readonly TimeProvider timeProvider;
    private readonly ILogger<LiveRelay> logger;
    private long textWantedUntil = long.MinValue;

    public LiveRelay(IClusterClient cluster, ILocalSiloDetails self, TimeProvider timeProvider, ILogger<LiveRelay> logger)
    {
        ArgumentNullException.ThrowIfNull(self);
        (this.cluster, this.self, this.timeProvider, this.logger) = (cluster, self.Name, timeProvider, logger);
    }

    /// <summary>Events that were lost since the start, by kind.</summary>
    public IReadOnlyDictionary<string, long> Dropped => queue.Dropped;

    /// <summary>
    /// A web node has readers of captions' pieces, and says so again before <see cref="ClusterLimits.LiveTextWantedFor"/> is over.
    /// Nobody else is sent them: they are many times as many as the captions.
    /// </summary>
    public void WantText() => Interlocked.Exchange(
        ref textWantedUntil,
        timeProvider.GetTimestamp() + (long)(ClusterLimits.LiveTextWantedFor.TotalSeconds * timeProvider.TimestampFrequency));

    public void Publish(LiveEvent liveEvent)
    {
        if (liveEvent is CaptionTextEvent && Interlocked.Read(ref textWantedUntil) < timeProvider.GetTimestamp())
        {
            return;
        }

        if (queue.Offer(liveEvent) is { } partition)
        {
            work[partition].Writer.TryWrite(true);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, work.Length).Select(partition => RunAsync(partition, stoppingToken)));

    private async Task RunAsync(int partition, CancellationToken cancellationToken)
    {
        var stream = LiveStreams.Get(cluster.GetStreamProvider(LiveStreams.Provider), partition);
        try
        {
            while (await work[partition].Reader.ReadAsync(cancellationToken))
            {
                // Batches keep a distance: what comes meanwhile travels together.
                while (queue.Take(partition) is { Count: > 0 } batch)
                {
                    var distance = Task.Delay(ClusterLimits.LiveBatchPeriod, timeProvider, cancellationToken);
                    await SendAsync(stream, batch, cancellationToken);
                    await distance;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SendLastAsync(stream, queue.Take(partition));
        }
    }

    private async Task SendAsync(IAsyncStream<LiveBatchWire> stream, IReadOnlyList<LiveEvent> batch, CancellationToken cancellationToken)
    {
        var wire = new LiveBatchWire(self, LiveEventCodec.Encode(batch), Pulse: 0);
        var start = timeProvider.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await stream.OnNextAsync(wire).WaitAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Whatever the streams have against a batch: they are not this node's work, and must not end it.
                if (timeProvider.GetElapsedTime(start) > ClusterLimits.LiveBatchAgeMax)
                {
                    queue.GiveUp(batch);
                    logger.BatchGivenUp(batch.Count, tries, e.Message);
                    return;
                }

                await Task.Delay(ClusterLimits.LiveRetryWait, timeProvider, cancellationToken);
            }
        }
    }

    private async Task SendLastAsync(IAsyncStream<LiveBatchWire> stream, IReadOnlyList<LiveEvent> batch)
    {
        using var limit = new CancellationTokenSource(LastBatchWithin, timeProvider);
        try
        {
            if (batch.Count > 0)
            {
                await SendAsync(stream, batch, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            queue.GiveUp(batch);
        }
    }

    private static Channel<bool> NewSignal() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
}
