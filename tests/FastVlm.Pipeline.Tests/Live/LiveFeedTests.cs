using FastVlm.Pipeline.Live;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Live;

public sealed class LiveFeedTests
{
    private static readonly LiveFilter Everything = new(null, Text: true);

    private readonly ManualTimeProvider clock = new();

    [Fact]
    public async Task A_reader_who_keeps_up_gets_events_one_by_one_and_in_order()
    {
        var feed = new LiveFeed(clock);
        using var reader = feed.Subscribe(Everything, null);

        for (var i = 1; i <= 3; i++)
        {
            feed.Publish(new ConfigurationEvent());
            var batch = await reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(reader.Sequence + i, batch.Events.Single().Sequence);
        }
    }

    [Fact]
    public async Task A_slow_reader_loses_its_oldest_events_counted_and_nobody_elses()
    {
        var feed = new LiveFeed(clock);
        using var slow = feed.Subscribe(Everything, null);
        using var quick = feed.Subscribe(Everything, null);
        const int Count = Limits.LiveSubscriberQueueMax + 10;

        var seen = new List<LiveEvent>();
        for (var i = 0; i < Count; i++)
        {
            feed.Publish(new ConfigurationEvent());
            seen.AddRange((await quick.ReadAsync(TestContext.Current.CancellationToken)).Events);
        }

        var first = await slow.ReadAsync(TestContext.Current.CancellationToken);
        var second = await slow.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, Count).Select(i => quick.Sequence + i), seen.Select(e => e.Sequence));
        Assert.Equal(10, first.Dropped);
        Assert.Equal(slow.Sequence + 11, first.Events[0].Sequence);
        Assert.Equal(Limits.LiveBatchMax, first.Events.Count);
        Assert.Equal(0, second.Dropped);
        Assert.Equal(first.Events[^1].Sequence + 1, second.Events[0].Sequence);
    }

    [Theory]
    [InlineData("a", true, 2)]
    [InlineData("b", true, 1)]
    [InlineData("a", false, 1)]
    [InlineData("c", true, 0)]
    public void A_filter_wants_its_cameras_text_only_when_asked_and_always_what_concerns_all(string camera, bool text, int ofCamera)
    {
        var filter = new LiveFilter(new HashSet<CameraId> { new(camera) }, text);
        LiveEvent[] events =
        [
            new CaptionTextEvent(1, "x") { CameraId = new("a") },
            new ConfigurationEvent { CameraId = new("a") },
            new ConfigurationEvent { CameraId = new("b") },
            new ConfigurationEvent(),
        ];

        Assert.Equal(ofCamera + 1, events.Count(filter.Wants));
    }

    [Fact]
    public void Who_comes_back_gets_what_was_missed_and_is_told_what_is_gone()
    {
        var feed = new LiveFeed(clock);
        var begin = feed.Subscribe(Everything, null).Sequence;
        for (var i = 0; i < Limits.LiveEventsKeptMax + 5; i++)
        {
            feed.Publish(new ConfigurationEvent());
            feed.Publish(new CaptionTextEvent(1, "never kept"));
        }

        using var recent = feed.Subscribe(Everything, begin + Limits.LiveEventsKeptMax);
        using var old = feed.Subscribe(Everything, begin + 2);

        Assert.Equal(0, recent.Missed);
        Assert.Equal(Enumerable.Range(1, 5).Select(i => begin + Limits.LiveEventsKeptMax + i), recent.Backlog.Select(e => e.Sequence));
        Assert.Equal(3, old.Missed);
        Assert.Equal(Limits.LiveEventsKeptMax, old.Backlog.Count);
    }

    [Fact]
    public void A_number_of_an_earlier_run_is_never_taken_for_one_of_this_run()
    {
        var earlier = new LiveFeed(clock);
        earlier.Publish(new ConfigurationEvent());
        var seen = earlier.Subscribe(Everything, null).Sequence;
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var feed = new LiveFeed(clock);
        feed.Publish(new ConfigurationEvent());

        using var back = feed.Subscribe(Everything, seen);
        using var wrong = feed.Subscribe(Everything, long.MaxValue);

        Assert.True(back.Missed >= 1);
        Assert.Single(back.Backlog);
        Assert.True(wrong.Missed >= 1);
    }

    [Fact]
    public void Numbers_stay_exact_in_JavaScript_until_the_year_2200()
    {
        clock.Advance(new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero) - clock.GetUtcNow());

        Assert.True(new LiveFeed(clock).Subscribe(Everything, null).Sequence < 1L << 53);
    }

    [Fact]
    public async Task Many_publishers_and_readers_agree_on_one_order()
    {
        var feed = new LiveFeed(clock);
        using var one = feed.Subscribe(Everything, null);
        using var two = feed.Subscribe(Everything, null);
        var publishing = Enumerable.Range(0, 8).Select(camera => Task.Run(
            () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    feed.Publish(new ConfigurationEvent { CameraId = new($"{camera}") });
                }
            },
            TestContext.Current.CancellationToken));

        await Task.WhenAll(publishing);
        var first = await ReadAllAsync(one, 800);

        Assert.Equal(Enumerable.Range(1, 800).Select(i => one.Sequence + i), first.Select(e => e.Sequence));
        Assert.Equal(first, await ReadAllAsync(two, 800));
    }

    private static async Task<List<LiveEvent>> ReadAllAsync(LiveSubscription subscription, int count)
    {
        var events = new List<LiveEvent>();
        while (events.Count < count)
        {
            events.AddRange((await subscription.ReadAsync(TestContext.Current.CancellationToken)).Events);
        }

        return events;
    }
}
