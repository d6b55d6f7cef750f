using FastVlm.Pipeline.Live;

namespace FastVlm.Silo.Simulation;

/// <summary>Readers of every event of a web node, as its hub reads them for browsers.</summary>
internal sealed class SimulatedSubscribers : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> readers;
    private long events;
    private long missed;

    public SimulatedSubscribers(LiveFeed feed, int count) =>
        readers = [.. Enumerable.Range(0, count).Select(_ => Task.Run(() => ReadAsync(feed)))];

    public long Events => Interlocked.Read(ref events);

    public long Missed => Interlocked.Read(ref missed);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(readers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ReadAsync(LiveFeed feed)
    {
        using var subscription = feed.Subscribe(new LiveFilter(Cameras: null, Text: false), after: null);
        while (true)
        {
            var batch = await subscription.ReadAsync(stop.Token);
            Interlocked.Add(ref events, batch.Events.Count);
            Interlocked.Add(ref missed, batch.Dropped);
        }
    }
}
