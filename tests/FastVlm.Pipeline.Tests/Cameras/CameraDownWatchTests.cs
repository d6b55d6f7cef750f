using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class CameraDownWatchTests
{
    private readonly ManualTimeProvider time = new();
    private readonly MemoryJournal journal = new();
    private readonly CollectingLogger logs = new();
    private readonly CameraDownWatch watch;

    public CameraDownWatchTests() => watch = NewWatch(open: null);

    [Fact]
    public async Task Changes_that_the_store_does_not_take_wait_and_are_stored_in_order()
    {
        journal.Fail(new StorageException("The disk is full."));
        await AdvanceAsync(watch, CameraState.Offline);
        await AdvanceAsync(watch, CameraState.Offline, Limits.CameraDownAfter);
        await AdvanceAsync(watch, CameraState.Live);
        await AdvanceAsync(watch, CameraState.Live, Limits.CameraUpAfter);
        Assert.True(watch.Waits);

        journal.Fail(null);
        await AdvanceAsync(watch, CameraState.Live);

        Assert.False(watch.Waits);
        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], journal.Changes.Select(change => change.Kind));
        Assert.Contains(logs.Lines.Items, line => line.Contains("The disk is full.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_goes_on_with_the_incident_of_another_machine()
    {
        await AdvanceAsync(watch, CameraState.Offline);
        await AdvanceAsync(watch, CameraState.Offline, Limits.CameraDownAfter);
        var opened = Assert.Single(journal.Changes).Incident;
        var next = NewWatch(opened);

        await AdvanceAsync(next, CameraState.Live);
        await AdvanceAsync(next, CameraState.Live, Limits.CameraUpAfter);

        Assert.Equal((IncidentChangeKind.Cleared, opened.Id), (journal.Changes[^1].Kind, journal.Changes[^1].Incident.Id));
    }

    [Fact]
    public async Task Who_is_shut_out_is_told()
    {
        await AdvanceAsync(watch, CameraState.Offline);
        journal.Fail(new FencedException(FenceSide.Feed, "A newer feed runs elsewhere."));

        await Assert.ThrowsAsync<FencedException>(() => AdvanceAsync(watch, CameraState.Offline, Limits.CameraDownAfter));
    }

    private CameraDownWatch NewWatch(Incident? open) =>
        new(TestFrames.Camera, open, new IncidentRecorder(journal, new FakePlanner(), new FakeFeed(), time), logs);

    private Task AdvanceAsync(CameraDownWatch by, CameraState state, TimeSpan after = default)
    {
        time.Advance(after);
        var status = new CameraStatus { CameraId = TestFrames.Camera, State = state, Since = time.GetUtcNow() };
        return by.AdvanceAsync(status, "Line 3", time.GetUtcNow(), CancellationToken.None);
    }
}
