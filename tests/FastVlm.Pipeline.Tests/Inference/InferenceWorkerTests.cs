using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Inference;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Inference;

public sealed class InferenceWorkerTests : IAsyncDisposable
{
    private readonly ManualTimeProvider time = new();
    private readonly FakeModel model = new();
    private readonly CollectingLogger logger = new();
    private readonly CancellationTokenSource stop = new();
    private readonly InferenceWorker worker;
    private Task running = Task.CompletedTask;

    public InferenceWorkerTests() =>
        worker = new InferenceWorker(model, time, logger, queueLengthMax: 2) { Figures = new LookFigures(time) };

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.Within("the worker's end");
        worker.Dispose();
        model.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task Captions_a_frame_and_stamps_each_stage()
    {
        running = worker.RunAsync(stop.Token);
        var start = time.GetUtcNow();
        var text = new Collector<string>("pieces");
        model.Say("A part dropped.");

        var caption = Assert.IsType<Caption>(await AskAsync(Request() with { OnText = text.Add }));

        Assert.Equal("A part dropped.", caption.Text);
        Assert.Equal("A part dropped.", string.Concat(text.Items));
        Assert.Equal("fake", caption.ModelName);
        Assert.Equal(
            new StageStamps
            {
                CapturedAt = start,
                SampledAt = start,
                QueuedAt = start,
                StartedAt = start,
                EncodedAt = start.AddMilliseconds(3),
                FirstTokenAt = start.AddMilliseconds(7),
                LastTokenAt = start.AddMilliseconds(17),
            },
            caption.Stamps);
    }

    /// <summary>A model blocks, so it has a thread of its own, and always the same one.</summary>
    [Fact]
    public async Task The_model_runs_on_one_thread_of_its_own()
    {
        running = worker.RunAsync(stop.Token);
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(Request());
        }

        Assert.Single(model.Calls.Items.Distinct());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, model.Calls.Items);
    }

    [Fact]
    public async Task A_frame_that_grew_old_in_the_queue_is_refused()
    {
        var answer = AskAsync(Request() with { FrameAgeMax = TimeSpan.FromSeconds(5) });
        time.Advance(TimeSpan.FromSeconds(6));

        running = worker.RunAsync(stop.Token);

        var refusal = Assert.IsType<CaptionRefusal>(await answer);
        Assert.Equal(RefusalReason.FrameTooOld, refusal.Reason);
        Assert.Equal("The frame was 6.0 s old when its turn came (limit 5 s).", refusal.Detail);
        Assert.Empty(model.Calls.Items);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        model.Hold();
        running = worker.RunAsync(stop.Token);
        var first = AskAsync(Request());
        await model.Calls.WaitForCountAsync(1);
        Task<CaptionOutcome>[] waiting = [AskAsync(Request()), AskAsync(Request())];

        var refusal = Assert.IsType<CaptionRefusal>(await AskAsync(Request()));

        Assert.Equal(RefusalReason.QueueFull, refusal.Reason);
        model.Release();
        Assert.All(await Task.WhenAll([first, .. waiting]).Within("the answers"), outcome => Assert.IsType<Caption>(outcome));
    }

    [Fact]
    public async Task A_model_that_fails_does_not_end_the_worker()
    {
        running = worker.RunAsync(stop.Token);
        model.Fail(new FailureException(FailureKind.PromptTooLong, "The prompt has 9 tokens; 8 fit."))
            .Fail(new InvalidOperationException("a bug"));

        var expected = Assert.IsType<CaptionRefusal>(await AskAsync(Request()));
        var defect = Assert.IsType<CaptionRefusal>(await AskAsync(Request()));
        var good = await AskAsync(Request());

        Assert.Equal((RefusalReason.Failed, FailureKind.PromptTooLong, "The prompt has 9 tokens; 8 fit."),
            (expected.Reason, expected.FailureKind, expected.Detail));
        Assert.Equal((RefusalReason.Failed, null), (defect.Reason, defect.FailureKind));
        Assert.Contains(logger.Lines.Items, line =>
            line.StartsWith("Error:", StringComparison.Ordinal) && line.Contains("a bug", StringComparison.Ordinal));
        Assert.IsType<Caption>(good);
    }

    [Fact]
    public async Task A_stop_answers_everyone()
    {
        model.Hold();
        running = worker.RunAsync(stop.Token);
        var inModel = AskAsync(Request());
        await model.Calls.WaitForCountAsync(1);
        var waiting = AskAsync(Request());

        await stop.CancelAsync();

        Assert.Equal(RefusalReason.EngineStopped, Assert.IsType<CaptionRefusal>(await inModel).Reason);
        Assert.Equal(RefusalReason.EngineStopped, Assert.IsType<CaptionRefusal>(await waiting).Reason);
        await running.Within("the worker's end");
        Assert.Equal(RefusalReason.EngineStopped, Assert.IsType<CaptionRefusal>(await AskAsync(Request())).Reason);
    }

    [Fact]
    public async Task A_caller_that_cancels_is_free_at_once_and_its_request_is_skipped()
    {
        model.Hold();
        running = worker.RunAsync(stop.Token);
        using var caller = new CancellationTokenSource();
        var inModel = AskAsync(Request());
        await model.Calls.WaitForCountAsync(1);
        var waiting = worker.CaptionAsync(Request(), caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within("the cancelled answer"));
        model.Release();
        await inModel;
        await AskAsync(Request());
        Assert.Equal(2, model.Calls.Items.Count);
    }

    [Fact]
    public async Task Its_figures_tell_of_answers_and_not_of_refusals()
    {
        running = worker.RunAsync(stop.Token);
        await AskAsync(Request());
        await AskAsync(Request());
        model.Fail(new FailureException(FailureKind.PromptTooLong, "The prompt has 9 tokens; 8 fit."));
        await AskAsync(Request());

        var figures = worker.Figures!.Read()!;

        Assert.Equal((2, 0.007), (figures.LookCount, figures.TimeToFirstTokenMedianSeconds));
    }

    [Fact]
    public async Task Its_queue_is_as_long_as_requests_wait_without_the_one_that_is_answered()
    {
        model.Hold();
        running = worker.RunAsync(stop.Token);
        var first = AskAsync(Request());
        await model.Calls.WaitForCountAsync(1);
        Assert.Equal(0, worker.QueueLength);

        Task[] waiting = [AskAsync(Request()), AskAsync(Request())];
        Assert.Equal(2, worker.QueueLength);

        model.Release();
        await Task.WhenAll([first, .. waiting]).Within("the answers");
        Assert.Equal(0, worker.QueueLength);
    }

    private Task<CaptionOutcome> AskAsync(CaptionRequest request) =>
        worker.CaptionAsync(request, CancellationToken.None).Within("an answer");

    private CaptionRequest Request() => new()
    {
        Frame = TestFrames.At(time.GetUtcNow()),
        Generation = new GenerationRequest { Prompt = "Describe." },
        SampledAt = time.GetUtcNow(),
    };
}
