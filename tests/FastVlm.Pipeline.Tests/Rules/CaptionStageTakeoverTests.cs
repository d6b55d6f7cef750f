using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Rules;

/// <summary>What a stage stores besides where another one may go on with its camera elsewhere.</summary>
public sealed class CaptionStageTakeoverTests : IDisposable
{
    private static readonly CompiledRuleSet Rules =
        TestRules.Set(TestRules.Caption("part dropped", TestRules.Prompt with { OnMatches = 2, OnWindow = 2 }));

    private readonly ManualTimeProvider time = new();
    private readonly MemoryJournal journal = new();
    private readonly FakeFeed feed = new();
    private readonly CollectingLogger logs = new();
    private readonly IncidentTracker tracker = new(TestFrames.Camera, new CooldownLedger());
    private readonly List<CaptionStage> stages = [];

    public void Dispose() => stages.ForEach(stage => stage.Dispose());

    [Fact]
    public async Task Entries_say_for_which_feed_and_stage_they_are_meant()
    {
        var stage = NewStage(epoch: 7);
        await stage.PublishAsync(Caption("The belt runs."), feedEpoch: 3, CancellationToken.None);
        await stage.PublishAsync(Caption("The belt runs."), CancellationToken.None);

        Assert.Equal(
            [new Fence(TestFrames.Camera, 3, 7), new Fence(TestFrames.Camera, null, 7)],
            journal.Entries.Items.Select(entry => entry.Fence));
    }

    [Fact]
    public async Task What_no_feed_told_is_fenced_by_the_stage_alone()
    {
        var stage = NewStage(epoch: 7);
        await PublishAsync(stage, "A part dropped.", "A part dropped.");
        await stage.ClearAsync("The camera was removed.", CancellationToken.None);

        Assert.Equal(new Fence(TestFrames.Camera, null, 7), journal.Entries.Items[^1].Fence);
    }

    [Fact]
    public async Task What_the_rules_remember_is_stored_until_it_is_nothing_and_that_once()
    {
        await PublishAsync(
            NewStage(epoch: 1), "The belt runs.", "A part dropped.", "The belt runs.", "The belt runs.", "The belt runs.");

        Assert.Equal([null, 1, 1, 0, null], journal.Entries.Items.Select(entry => entry.State?.Rules.Count));
        Assert.All(
            journal.Entries.Items.Where(entry => entry.State is not null),
            entry => Assert.Equal(TestFrames.Camera, entry.State!.CameraId));
    }

    /// <summary>Else the state of an earlier stage would stay stored, and be taken over much later.</summary>
    [Fact]
    public async Task What_was_taken_over_and_is_forgotten_at_the_first_look_is_stored_as_nothing()
    {
        var earlier = new IncidentTracker(TestFrames.Camera, new CooldownLedger());
        var rules = TestRules.Set(
            TestRules.Caption("part dropped", TestRules.Prompt with { MinimumDuration = TimeSpan.FromMinutes(1) }));
        earlier.Advance(
            rules, rules.Evaluate("A part dropped.", new QuestionAnswers([], [])), LookTime.Live(time.GetUtcNow()));
        tracker.Restore([], earlier.Snapshot());

        await PublishAsync(NewStage(epoch: 2, rules), "The belt runs.", "The belt runs.");

        Assert.Equal([0, null], journal.Entries.Items.Select(entry => entry.State?.Rules.Count));
    }

    [Fact]
    public async Task An_incident_that_a_tick_ends_is_stored_with_what_is_left_to_remember()
    {
        var stage = NewStage(epoch: 1);
        await PublishAsync(stage, "A part dropped.", "A part dropped.");
        stage.Rules = TestRules.Set();

        await stage.TickAsync(CancellationToken.None);

        Assert.Equal([1, 1, 0], journal.Entries.Items.Select(entry => entry.State?.Rules.Count));
    }

    [Fact]
    public async Task A_process_alone_stores_neither()
    {
        await PublishAsync(NewStage(epoch: null), "A part dropped.", "A part dropped.");

        Assert.All(journal.Entries.Items, entry => Assert.Equal((null, null), (entry.State, entry.Fence)));
    }

    [Fact]
    public async Task Who_is_shut_out_is_told_and_nothing_is_shown()
    {
        var stage = NewStage(epoch: 1);
        journal.Fail(new FencedException(FenceSide.Stage, "A newer stage of the camera runs elsewhere."));

        var fenced = await Assert.ThrowsAsync<FencedException>(() => PublishAsync(stage, "A part dropped."));

        Assert.Equal(FenceSide.Stage, fenced.Side);
        Assert.Empty(feed.Events.Items);
        Assert.Empty(journal.Entries.Items);
    }

    [Fact]
    public async Task It_answers_with_the_caption_as_it_was_stored()
    {
        var record = await NewStage(epoch: 1).PublishAsync(Caption("The belt runs."), feedEpoch: 1, CancellationToken.None);

        var stored = Assert.Single(journal.Entries.Items).Caption!;
        Assert.Equal((stored.Id, stored.Text, time.GetUtcNow()), (record!.Id, record.Text, record.Stamps.StoredAt));
    }

    [Fact]
    public async Task It_answers_a_refusal_with_nothing()
    {
        var refusal = TestCaptions.Refusal(time.GetUtcNow(), "bad luck");

        Assert.Null(await NewStage(epoch: 1).PublishAsync(refusal, feedEpoch: 1, CancellationToken.None));
    }

    private Pipeline.Captions.Caption Caption(string text) => TestCaptions.At(time.GetUtcNow(), text);

    private async Task PublishAsync(CaptionStage stage, params string[] texts)
    {
        foreach (var text in texts)
        {
            await stage.PublishAsync(Caption(text), feedEpoch: 1, CancellationToken.None);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private CaptionStage NewStage(long? epoch, CompiledRuleSet? rules = null)
    {
        var encoder = new FakePictureEncoder();
        var setup = new CaptionStageSetup
        {
            Rules = rules ?? Rules,
            Tracker = tracker,
            Journal = new JournalBacklog(journal, time, logs),
            Feed = feed,
            Planner = new FakePlanner(),
            Pictures = new CameraPictures(encoder, new EvidenceTaker(encoder, logs)),
            Epoch = epoch,
        };
        stages.Add(new CaptionStage(setup, time, logs));
        return stages[^1];
    }
}
