using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class CameraRunTests : IAsyncDisposable
{
    private readonly CameraBench bench = new();
    private readonly FakeSink sink = new();
    private readonly CameraRun run;
    private bool isStopped;

    public CameraRunTests() =>
        run = CameraRun.Start(TestFrames.Camera, CameraBench.Spec, [], bench.Parts, sink, bench.NewPictures());

    private FakeFrameSource Source => bench.Sources.Source;

    public ValueTask DisposeAsync() => isStopped ? ValueTask.CompletedTask : StopAsync();

    [Fact]
    public async Task Frames_come_to_the_sink_with_their_captions()
    {
        Source.Push(TestFrames.At(bench.Time.GetUtcNow(), 3));

        var (frame, outcome) = await sink.Published.WaitForAsync(_ => true, "a caption");

        Assert.Equal((3, 3), (frame.Index, Assert.IsType<Caption>(outcome).Frame.Index));
        Assert.Equal(CameraState.Live, run.Status.State);
    }

    [Fact]
    public async Task A_feed_that_is_shut_out_ends_for_good_and_says_so_once()
    {
        sink.Failure = new FencedException(FenceSide.Feed, "A newer feed of the camera runs elsewhere.");
        Source.Push(TestFrames.At(bench.Time.GetUtcNow()));
        await bench.Fenced.WaitForCountAsync(1);

        run.Reconnect();
        bench.Time.Advance(Limits.FeedRetryMax);
        await StopAsync();

        Assert.Equal(TestFrames.Camera, Assert.Single(bench.Fenced.Items));
        Assert.Equal((1, 1), (Source.Openings.Items.Count, Source.Closings.Items.Count));
        Assert.Contains(bench.Logs.Lines.Items, line => line.Contains("runs elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_defect_costs_a_pause_and_then_a_new_connection()
    {
        sink.Failure = new InvalidOperationException("a bug");
        Source.Push(TestFrames.At(bench.Time.GetUtcNow()));
        await PassRetryAsync();

        await Source.Openings.WaitForCountAsync(2);
        sink.Failure = null;
        Source.Push(TestFrames.At(bench.Time.GetUtcNow(), 1));
        await sink.Published.WaitForAsync(published => published.Frame.Index == 1, "the frame after it");

        Assert.Empty(bench.Fenced.Items);
        Assert.Contains(bench.Logs.Lines.Items, line => line.Contains("a bug", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_told_as_the_reason()
    {
        sink.Failure = new FailureException(FailureKind.SourceUnreachable, "Nobody judges the captions.");
        Source.Push(TestFrames.At(bench.Time.GetUtcNow()));

        await PassRetryAsync();

        await Source.Openings.WaitForCountAsync(2);
        var offline = bench.Feed.Events.Items.OfType<CameraStateEvent>().First(told => told.Status.State == CameraState.Offline);
        Assert.Equal(("Nobody judges the captions.", FailureKind.SourceUnreachable), (offline.Status.Reason, offline.Status.FailureKind));
    }

    [Fact]
    public async Task A_new_connection_comes_at_once_when_it_is_asked_for()
    {
        await Source.Openings.WaitForCountAsync(1);

        run.Reconnect();

        await Source.Openings.WaitForCountAsync(2);
    }

    private ValueTask StopAsync()
    {
        isStopped = true;
        return run.DisposeAsync();
    }

    private async Task PassRetryAsync()
    {
        await bench.Feed.Events.WaitForAsync(
            told => told is CameraStateEvent { Status: { State: CameraState.Offline, RetryIn: not null } }, "the pause");
        await bench.Time.Timers.WaitForAsync(wait => wait <= Limits.FeedRetryFirst && wait >= Limits.FeedRetryFirst * 0.79, "its timer");
        bench.Time.Advance(Limits.FeedRetryFirst);
    }

    private sealed class FakeSink : ICaptionSink
    {
        private volatile Exception? failure;

        public Exception? Failure
        {
            get => failure;
            set => failure = value;
        }

        public Collector<(Frame Frame, CaptionOutcome Outcome)> Published { get; } = new("published captions");

        public Task PublishAsync(Frame frame, CaptionOutcome outcome, CancellationToken cancellationToken)
        {
            Published.Add((frame, outcome));
            return failure is { } thrown ? Task.FromException(thrown) : Task.CompletedTask;
        }
    }
}
