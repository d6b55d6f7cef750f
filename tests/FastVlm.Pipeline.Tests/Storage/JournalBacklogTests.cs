using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Storage;

public sealed class JournalBacklogTests
{
    private readonly ManualTimeProvider time = new();
    private readonly MemoryJournal journal = new();
    private readonly CollectingLogger logs = new();
    private readonly JournalBacklog backlog;

    public JournalBacklogTests() => backlog = new JournalBacklog(journal, time, logs);

    [Fact]
    public async Task What_could_not_be_stored_is_tried_again_in_order_until_it_is_on_disk()
    {
        using var stop = new CancellationTokenSource();
        var running = backlog.RunAsync(stop.Token);
        journal.Fail(new StorageException("The disk is full."));
        Assert.False(await backlog.AppendAsync(Caption("first"), CancellationToken.None));
        Assert.False(await backlog.AppendAsync(Caption("second"), CancellationToken.None));

        await time.Timers.WaitForCountAsync(1);
        time.Advance(Limits.JournalRetryFirst);
        await time.Timers.WaitForCountAsync(2);
        Assert.Equal([Limits.JournalRetryFirst, Limits.JournalRetryFirst * 2], time.Timers.Items);

        journal.Fail(null);
        time.Advance(Limits.JournalRetryFirst * 2);
        await journal.Entries.WaitForCountAsync(2);
        await TestTimeouts.UntilAsync(() => backlog.Length == 0, "an empty backlog");
        Assert.True(await backlog.AppendAsync(Caption("third"), CancellationToken.None));
        Assert.Equal(["first", "second", "third"], journal.Entries.Items.Select(entry => entry.Caption!.Text));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Entries_that_come_while_others_wait_queue_up_behind_them()
    {
        journal.Fail(new StorageException("locked"));
        await backlog.AppendAsync(Caption("first"), CancellationToken.None);
        journal.Fail(null);

        Assert.False(await backlog.AppendAsync(Caption("second"), CancellationToken.None));
        Assert.Equal(0, await backlog.DrainAsync());
        Assert.Equal(["first", "second"], journal.Entries.Items.Select(entry => entry.Caption!.Text));
    }

    [Fact]
    public async Task Only_captions_without_news_are_dropped_and_the_oldest_first()
    {
        journal.Fail(new StorageException("The disk is full."));
        await backlog.AppendAsync(Caption("opened", IncidentChangeKind.Opened), CancellationToken.None);
        for (var i = 0; i < Limits.JournalBacklogMax + 2; i++)
        {
            var kind = i % 2 == 0 ? IncidentChangeKind.Ongoing : (IncidentChangeKind?)null;
            await backlog.AppendAsync(Caption($"plain {i}", kind), CancellationToken.None);
        }

        await backlog.AppendAsync(Caption("cleared", IncidentChangeKind.Cleared), CancellationToken.None);
        Assert.Equal((Limits.JournalBacklogMax, 4), (backlog.Length, backlog.DroppedCount));
        Assert.Contains(logs.Lines.Items, line => line.Contains("a caption was not stored", StringComparison.Ordinal));

        journal.Fail(null);
        await backlog.DrainAsync();
        var stored = journal.Entries.Items.Select(entry => entry.Caption!.Text).ToList();
        Assert.Equal(["opened", "plain 4"], stored.Take(2));
        Assert.Equal("cleared", stored[^1]);
    }

    [Fact]
    public async Task When_only_incidents_wait_the_next_one_waits_for_room_and_none_is_lost()
    {
        journal.Fail(new StorageException("The disk is full."));
        for (var i = 0; i < Limits.JournalBacklogEventsMax; i++)
        {
            await backlog.AppendAsync(Caption($"incident {i}", IncidentChangeKind.Opened), CancellationToken.None);
        }

        var waiting = backlog.AppendAsync(Caption("one more", IncidentChangeKind.Opened), CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var cancelled = backlog.AppendAsync(Caption("at the end", IncidentChangeKind.Opened), stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        Assert.False(await cancelled);

        journal.Fail(null);
        await backlog.DrainAsync();
        await waiting.Within("the entry that waited for room");
        await backlog.DrainAsync();
        Assert.Equal(Limits.JournalBacklogEventsMax + 2, journal.Entries.Items.Count);
    }

    [Fact]
    public async Task Says_what_is_lost_at_the_end()
    {
        journal.Fail(new StorageException("The disk is full."));
        await backlog.AppendAsync(Caption("first"), CancellationToken.None);

        Assert.Equal(1, await backlog.DrainAsync());
        Assert.Contains(logs.Lines.Items, line => line.StartsWith("Critical: 1 captions", StringComparison.Ordinal));
    }

    private static StageEntry Caption(string text, IncidentChangeKind? kind = null) => new()
    {
        Caption = new CaptionRecord
        {
            Id = new CaptionId(text),
            CameraId = TestFrames.Camera,
            Text = text,
            Prompt = TestCaptions.Prompt,
            ModelName = "fake",
            Stamps = new StageStamps { CapturedAt = default },
            FrameAge = default,
            TimeToFirstToken = default,
            NewTokenCount = 1,
        },
        Changes = kind is { } change ? [new IncidentChange(change, Incident)] : [],
        Deliveries = kind is IncidentChangeKind.Opened ? [Delivery] : [],
    };

    private static Incident Incident { get; } = new()
    {
        Id = new IncidentId("i"),
        Kind = IncidentKind.Rule,
        Title = "t",
        Why = "w",
        Severity = Severity.Info,
        State = IncidentState.Open,
        OpenedAt = default,
        LastSeenAt = default,
        Count = 1,
    };

    private static Delivery Delivery { get; } = new()
    {
        Id = new DeliveryId("d"),
        EndpointId = FakePlanner.Endpoint,
        EventType = "incident.opened",
        Payload = "{}",
        CreatedAt = default,
    };
}
