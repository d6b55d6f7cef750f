using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class CameraSlotTests : IAsyncDisposable
{
    private readonly CameraBench bench = new();
    private readonly MemoryJournal journal = new();
    private readonly FakeStage stage = new();
    private readonly CameraSlot slot;

    public CameraSlotTests()
    {
        var recorder = new IncidentRecorder(journal, new FakePlanner(), bench.Feed, bench.Time);
        var down = new CameraDownWatch(TestFrames.Camera, open: null, recorder, bench.Logs);
        slot = new CameraSlot(TestFrames.Camera, bench.Parts, _ => stage, down);
    }

    private FakeFrameSource Source => bench.Sources.Source;

    private IEnumerable<IncidentChangeKind> Changes => journal.Changes.Select(change => change.Kind);

    public ValueTask DisposeAsync() => slot.DisposeAsync();

    [Fact]
    public async Task The_last_caption_is_reported_and_its_picture_found()
    {
        await ApplyAsync();
        Source.Push(TestFrames.At(bench.Time.GetUtcNow(), 4));

        await TestTimeouts.UntilAsync(() => slot.Report().LastCaption is not null, "the caption");

        var caption = slot.Report().LastCaption!;
        Assert.Equal(4, caption.FrameIndex);
        Assert.NotNull(slot.Pictures.Find(caption.Id));
    }

    [Fact]
    public async Task Evidence_is_at_hand_while_the_stage_judges()
    {
        var atHand = new Collector<int>("pictures");
        stage.OnPublish = async outcome =>
        {
            atHand.Add((await slot.Pictures.TakeAsync(outcome.Frame, CancellationToken.None)).Count);
            return null;
        };
        await ApplyAsync();

        Source.Push(TestFrames.At(bench.Time.GetUtcNow()));

        Assert.Equal(1, await atHand.WaitForAsync(_ => true, "a look"));
    }

    [Fact]
    public async Task Before_its_rules_are_known_no_time_passes()
    {
        await slot.TickAsync(CancellationToken.None);

        Assert.Empty(stage.Calls.Items);
    }

    [Fact]
    public async Task A_camera_without_a_picture_is_told_of()
    {
        await GoDownAsync();

        Assert.Equal([IncidentChangeKind.Opened], Changes);
        Assert.Contains("Line 3", Assert.Single(journal.Changes).Incident.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_switched_off_clears_everything_and_is_seen_no_more()
    {
        await GoDownAsync();

        await slot.ApplyAsync(CameraBench.Camera(CameraBench.Spec with { Enabled = false }), PlatformConfiguration.Empty);
        await slot.TickAsync(CancellationToken.None);

        Assert.Contains("clear: The camera was switched off.", stage.Calls.Items);
        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], Changes);
        Assert.Equal(CameraState.Disabled, slot.Status.State);
        Assert.Single(bench.Sources.Forgotten.Items);
        Assert.Equal(Source.Openings.Items.Count, Source.Closings.Items.Count);
    }

    [Fact]
    public async Task One_that_is_removed_clears_everything()
    {
        await GoDownAsync();

        await slot.RemoveAsync(CancellationToken.None).Within("the removal");

        Assert.Contains("clear: The camera was removed.", stage.Calls.Items);
        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], Changes);
        Assert.Equal(Source.Openings.Items.Count, Source.Closings.Items.Count);
    }

    [Fact]
    public async Task One_that_is_removed_clears_everything_also_where_the_store_fails_first()
    {
        await GoDownAsync();
        journal.Fail(new StorageException("The disk is full."));

        var removing = slot.RemoveAsync(CancellationToken.None);
        await bench.Time.Timers.WaitForAsync(wait => wait == Limits.JournalRetryFirst, "the wait for the store");
        Assert.Contains("clear: The camera was removed.", stage.Calls.Items);
        Assert.False(removing.IsCompleted);
        journal.Fail(null);
        bench.Time.Advance(Limits.JournalRetryFirst);
        await removing.Within("the removal");

        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], Changes);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_store_that_fails()
    {
        using var stop = new CancellationTokenSource();
        await GoDownAsync();
        journal.Fail(new StorageException("The disk is full."));
        var removing = slot.RemoveAsync(stop.Token);
        await bench.Time.Timers.WaitForAsync(wait => wait == Limits.JournalRetryFirst, "the wait for the store");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => removing.Within("the removal"));
        Assert.Equal([IncidentChangeKind.Opened], Changes);
    }

    /// <summary>The watch ticks while the configuration is applied.</summary>
    [Fact]
    public async Task One_that_is_removed_while_it_is_being_told_of_is_told_of_once_and_then_cleared()
    {
        await ApplyAsync();
        await slot.TickAsync(CancellationToken.None);
        bench.Time.Advance(Limits.CameraDownAfter);
        journal.Hold();
        var tick = slot.TickAsync(CancellationToken.None);

        var removing = slot.RemoveAsync(CancellationToken.None);
        await stage.Calls.WaitForAsync(call => call.StartsWith("clear", StringComparison.Ordinal), "the clearing of the stage");
        journal.Release();
        await Task.WhenAll(tick, removing).Within("both");

        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], Changes);
    }

    [Fact]
    public async Task An_annotation_reaches_the_stage_and_the_incident_of_the_camera()
    {
        await GoDownAsync();
        var opened = Assert.Single(journal.Changes).Incident;
        var acknowledged = opened with { AcknowledgedAt = bench.Time.GetUtcNow(), AcknowledgedBy = "Kim" };

        await slot.AnnotateAsync(acknowledged, CancellationToken.None);
        await slot.RemoveAsync(CancellationToken.None).Within("the removal");

        Assert.Contains($"annotate {opened.Id}", stage.Calls.Items);
        Assert.Equal("Kim", journal.Changes[^1].Incident.AcknowledgedBy);
    }

    [Fact]
    public async Task A_feed_that_is_shut_out_is_told_by_its_camera()
    {
        stage.OnPublish = _ => throw new FencedException(FenceSide.Feed, "A newer feed runs elsewhere.");
        await ApplyAsync();
        Source.Push(TestFrames.At(bench.Time.GetUtcNow()));

        await bench.Fenced.WaitForCountAsync(1);

        Assert.Null(slot.Report().LastCaption);
    }

    private Task ApplyAsync() => slot.ApplyAsync(CameraBench.Camera(), PlatformConfiguration.Empty);

    private async Task GoDownAsync()
    {
        await ApplyAsync();
        await Source.Openings.WaitForCountAsync(1);
        await slot.TickAsync(CancellationToken.None);
        bench.Time.Advance(Limits.CameraDownAfter);
        await slot.TickAsync(CancellationToken.None);
    }
}
