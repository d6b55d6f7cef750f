using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Inference;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests;

/// <summary>The story of FramePipeline, end to end with a fake camera and a fake model.</summary>
public sealed class FramePipelineTests : IAsyncDisposable
{
    private readonly ManualTimeProvider time = new();
    private readonly FakeFrameSource source = new();
    private readonly FakeModel model = new();
    private readonly CollectingSink sink = new();
    private readonly CollectingLogger logger = new();
    private readonly CancellationTokenSource stop = new();
    private readonly InferenceWorker worker;
    private readonly Task working;
    private Task running = Task.CompletedTask;

    public FramePipelineTests()
    {
        worker = new InferenceWorker(model, time, logger);
        working = worker.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await working.Within("the worker's end");
        worker.Dispose();
        model.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task A_slow_model_gets_the_newest_frame_and_every_frame_is_accounted_for()
    {
        model.Hold();
        var pipeline = Start(isLive: true, samplePeriod: TimeSpan.Zero);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await model.Calls.WaitForCountAsync(1);
        for (var i = 1; i <= 9; i++)
        {
            source.Push(TestFrames.At(time.GetUtcNow(), i));
        }

        await WaitUntilReadAsync(pipeline, 10);
        model.Release();
        await sink.Outcomes.WaitForCountAsync(2);

        Assert.Equal([0, 9], sink.Outcomes.Items.Select(o => o.Frame.Index));
        var counters = pipeline.Counters;
        Assert.Equal((10, 2, 2, 8),
            (counters.FramesRead, counters.FramesSampled, counters.FramesCaptioned, counters.FramesDropped[DropReason.Replaced]));
    }

    [Fact]
    public async Task A_recording_is_captioned_once_per_period_to_its_end()
    {
        var pipeline = Start(isLive: false, samplePeriod: TimeSpan.FromSeconds(1));
        for (var i = 0; i < 40; i++)
        {
            source.Push(TestFrames.At(time.GetUtcNow(), i, TimeSpan.FromSeconds(i * 0.25)));
        }

        source.End();
        await running.Within("the end of the recording");

        Assert.Equal(Enumerable.Range(0, 11).Select(i => i == 0 ? 0L : (i * 4) - 1), sink.Outcomes.Items.Select(o => o.Frame.Index));
        Assert.Equal(29, pipeline.Counters.FramesDropped[DropReason.NotDue]);
        Assert.Equal(0, pipeline.Counters.FramesDropped[DropReason.Replaced]);
    }

    [Fact]
    public async Task A_stale_frame_is_dropped_and_counted()
    {
        var pipeline = Start(isLive: true, samplePeriod: TimeSpan.Zero);
        source.Push(TestFrames.At(time.GetUtcNow() - TimeSpan.FromSeconds(6), 0));
        await WaitUntilReadAsync(pipeline, 1);
        source.Push(TestFrames.At(time.GetUtcNow(), 1));
        await sink.Outcomes.WaitForCountAsync(1);

        Assert.Equal(1, sink.Outcomes.Items[0].Frame.Index);
        Assert.Equal(1, pipeline.Counters.FramesDropped[DropReason.TooOld] + pipeline.Counters.FramesDropped[DropReason.Replaced]);
    }

    [Fact]
    public async Task Text_streams_with_its_frame()
    {
        var text = new Collector<(long Index, string Text)>("pieces");
        model.Say("A part dropped.");
        Start(isLive: true, samplePeriod: TimeSpan.Zero, (frame, piece) => text.Add((frame.Index, piece)));
        source.Push(TestFrames.At(time.GetUtcNow(), 5));

        await sink.Outcomes.WaitForCountAsync(1);

        Assert.Equal([(5, "A"), (5, " part"), (5, " dropped.")], text.Items);
    }

    [Fact]
    public async Task A_model_failure_is_published_and_the_next_frame_goes_on()
    {
        model.Fail(new FailureException(FailureKind.PictureInvalid, "bad picture")).Say("fine");
        var pipeline = Start(isLive: false, samplePeriod: TimeSpan.Zero);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        source.Push(TestFrames.At(time.GetUtcNow(), 1));
        source.End();

        await running.Within("the end of the recording");

        Assert.IsType<CaptionRefusal>(sink.Outcomes.Items[0]);
        Assert.Equal("fine", Assert.IsType<Caption>(sink.Outcomes.Items[1]).Text);
        Assert.Equal(1, pipeline.Counters.FramesDropped[DropReason.Failed]);
    }

    [Fact]
    public async Task A_source_that_fails_for_good_fails_the_pipeline_with_its_reason()
    {
        source.FailureAtOpening = new FailureException(FailureKind.NoVideo, "The source has no video.");
        Start(isLive: false, samplePeriod: TimeSpan.Zero);

        var failure = await Assert.ThrowsAsync<FailureException>(() => running.Within("the failure"));

        Assert.Equal(FailureKind.NoVideo, failure.Kind);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_caption_closes_the_source()
    {
        model.Hold();
        Start(isLive: true, samplePeriod: TimeSpan.Zero);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await model.Calls.WaitForCountAsync(1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within("the stop"));
        Assert.Single(source.Closings.Items);
    }

    [Fact]
    public async Task What_is_asked_can_be_changed_and_holds_from_the_next_frame_on()
    {
        var pipeline = Start(isLive: true, samplePeriod: TimeSpan.FromHours(1));
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await sink.Outcomes.WaitForCountAsync(1);

        pipeline.Options = pipeline.Options with { Generation = new GenerationRequest { Prompt = "What fell?" } };
        source.Push(TestFrames.At(time.GetUtcNow(), 1));
        await sink.Outcomes.WaitForCountAsync(2);

        Assert.Equal(["Describe.", "What fell?"], sink.Outcomes.Items.Select(o => Assert.IsType<Caption>(o).Prompt));
    }

    [Fact]
    public async Task Outside_of_its_schedule_a_camera_is_read_and_not_looked_at()
    {
        var pipeline = Start(isLive: false, samplePeriod: TimeSpan.Zero);
        var shiftBegins = time.GetUtcNow() + TimeSpan.FromSeconds(1);
        pipeline.Options = pipeline.Options with { IsScheduled = at => at >= shiftBegins, FrameAgeMax = null };
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        source.Push(TestFrames.At(time.GetUtcNow(), 1));
        await TestTimeouts.UntilAsync(() => pipeline.Counters.FramesDropped[DropReason.OutsideSchedule] == 2, "two frames dropped");

        time.Advance(TimeSpan.FromSeconds(1));
        source.Push(TestFrames.At(time.GetUtcNow(), 2));
        source.End();
        await running.Within("the end of the recording");

        Assert.Equal([2], sink.Outcomes.Items.Select(o => o.Frame.Index));
        Assert.Equal((3, 1), (pipeline.Counters.FramesRead, pipeline.Counters.FramesSampled));
    }

    private FramePipeline Start(bool isLive, TimeSpan samplePeriod, Action<Frame, string>? onText = null)
    {
        var feed = new CameraFeed(TestFrames.Camera, source, new CameraFeedOptions { IsLive = isLive }, time, logger);
        var options = new FramePipelineOptions
        {
            Generation = new GenerationRequest { Prompt = "Describe." },
            SamplePeriod = samplePeriod,
            SampleByMediaTime = !isLive,
            OnText = onText,
        };
        var pipeline = new FramePipeline(feed, worker, sink, options, time);
        running = pipeline.RunAsync(stop.Token);
        return pipeline;
    }

    private static Task WaitUntilReadAsync(FramePipeline pipeline, long count) =>
        TestTimeouts.UntilAsync(() => pipeline.Counters.FramesRead == count, $"{count} frames read");
}
