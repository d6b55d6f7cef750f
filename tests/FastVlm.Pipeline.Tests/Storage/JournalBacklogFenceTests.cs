using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Storage;

/// <summary>Entries of feeds and stages that were started anew elsewhere.</summary>
public sealed class JournalBacklogFenceTests
{
    private static readonly CameraId ShutOut = new("shut-out");
    private static readonly CameraId Other = new("other");

    private readonly ManualTimeProvider time = new();
    private readonly FencingJournal journal = new();
    private readonly CollectingLogger logs = new();
    private readonly JournalBacklog backlog;

    public JournalBacklogFenceTests() => backlog = new JournalBacklog(journal, time, logs);

    [Fact]
    public async Task An_entry_that_is_stored_directly_tells_its_caller()
    {
        journal.Fenced = ShutOut;

        await Assert.ThrowsAsync<FencedException>(() => backlog.AppendAsync(Entry(ShutOut, 1), CancellationToken.None));

        Assert.Equal(0, backlog.Length);
        Assert.True(await backlog.AppendAsync(Entry(Other, 2), CancellationToken.None));
    }

    [Fact]
    public async Task An_entry_that_waited_is_dropped_with_a_word_and_those_behind_it_are_stored()
    {
        journal.IsBroken = true;
        await backlog.AppendAsync(Entry(ShutOut, 1), CancellationToken.None);
        await backlog.AppendAsync(Entry(Other, 2), CancellationToken.None);
        await backlog.AppendAsync(Entry(ShutOut, 3), CancellationToken.None);
        await backlog.AppendAsync(Entry(Other, 4), CancellationToken.None);
        journal.IsBroken = false;
        journal.Fenced = ShutOut;

        Assert.Equal(0, await backlog.DrainAsync());

        Assert.Equal([2, 4], journal.Entries.Items.Select(entry => entry.Fence!.StageEpoch));
        Assert.Equal(2, logs.Lines.Items.Count(IsAboutTheFence));
    }

    /// <summary>The store works: only this one entry is not wanted.</summary>
    [Fact]
    public async Task A_dropped_entry_costs_no_wait()
    {
        journal.IsBroken = true;
        await backlog.AppendAsync(Entry(ShutOut, 1), CancellationToken.None);
        await backlog.AppendAsync(Entry(Other, 2), CancellationToken.None);
        journal.IsBroken = false;
        journal.Fenced = ShutOut;
        using var stop = new CancellationTokenSource();

        var running = backlog.RunAsync(stop.Token);
        await journal.Entries.WaitForCountAsync(1);

        Assert.Empty(time.Timers.Items);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static bool IsAboutTheFence(string line) =>
        line.Contains("shut-out", StringComparison.Ordinal) && line.Contains("runs elsewhere", StringComparison.Ordinal);

    private static StageEntry Entry(CameraId camera, long epoch) => new() { Fence = new Fence(camera, FeedEpoch: null, epoch) };

    /// <summary>A store that knows of a newer stage of one camera.</summary>
    private sealed class FencingJournal : IStageJournal
    {
        public CameraId? Fenced { get; set; }

        public bool IsBroken { get; set; }

        public Collector<StageEntry> Entries { get; } = new("entries");

        public Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
        {
            if (IsBroken)
            {
                throw new StorageException("The disk is full.");
            }

            if (entry.Fence!.CameraId == Fenced)
            {
                throw new FencedException(FenceSide.Stage, "A newer stage runs elsewhere.");
            }

            Entries.Add(entry);
            return Task.CompletedTask;
        }
    }
}
