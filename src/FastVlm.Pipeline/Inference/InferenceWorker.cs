using System.Collections.Concurrent;
using FastVlm.Pipeline.Captions;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Inference;

/// <summary>
/// Owns one model and the thread it computes on; any number of cameras ask it. Requests wait in a bounded queue and are
/// answered one at a time in order. What a model does wrong becomes a <see cref="CaptionRefusal"/>: it never ends the
/// worker. Does not dispose of the model.
/// </summary>
public sealed class InferenceWorker : ICaptioner, IDisposable
{
    private readonly IVisionLanguageModel model;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly BlockingCollection<Job> queue;

    public InferenceWorker(
        IVisionLanguageModel model, TimeProvider timeProvider, ILogger logger, int queueLengthMax = Limits.InferenceQueueLengthMax)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        this.timeProvider = timeProvider;
        this.logger = logger;
        queue = new BlockingCollection<Job>(queueLengthMax);
    }

    /// <summary>Told of each answer; null where nobody asks.</summary>
    public LookFigures? Figures { get; init; }

    /// <summary>Requests that wait now, without the one that is being answered.</summary>
    public int QueueLength => queue.Count;

    /// <summary>Answers requests until cancelled; then refuses what still waits. Call once.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => AnswerUntilStopped(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async Task<CaptionOutcome> CaptionAsync(CaptionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var job = new Job(request, timeProvider.GetUtcNow(), cancellationToken);
        try
        {
            if (!queue.TryAdd(job))
            {
                return Refuse(job, RefusalReason.QueueFull, $"{queue.BoundedCapacity} frames already wait for the model.");
            }
        }
        catch (InvalidOperationException)
        {
            // CompleteAdding was called: the worker has stopped.
            return Refuse(job, RefusalReason.EngineStopped, "The model's worker has stopped.");
        }

        using var registration = cancellationToken.Register(() => job.Answer.TrySetCanceled(cancellationToken));
        return await job.Answer.Task;
    }

    public void Dispose() => queue.Dispose();

    private void AnswerUntilStopped(CancellationToken stopping)
    {
        try
        {
            foreach (var job in queue.GetConsumingEnumerable(stopping))
            {
                Answer(job, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The ordinary end.
        }
        finally
        {
            queue.CompleteAdding();
            while (queue.TryTake(out var job))
            {
                job.Answer.TrySetResult(Refuse(job, RefusalReason.EngineStopped, "The model's worker has stopped."));
            }
        }
    }

    private void Answer(Job job, CancellationToken stopping)
    {
        if (job.Cancellation.IsCancellationRequested)
        {
            return;
        }

        var startedAt = timeProvider.GetUtcNow();
        var age = startedAt - job.Request.Frame.CapturedAt;
        if (age > job.Request.FrameAgeMax)
        {
            job.Answer.TrySetResult(Refuse(
                job,
                RefusalReason.FrameTooOld,
                $"The frame was {age.TotalSeconds:0.0} s old when its turn came "
                + $"(limit {job.Request.FrameAgeMax.Value.TotalSeconds:0.#} s)."));
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, job.Cancellation);
        job.Answer.TrySetResult(Generate(job, startedAt, either.Token));
    }

    private CaptionOutcome Generate(Job job, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var request = job.Request;
        try
        {
            var generation = model.Generate(request.Frame.Image, request.Generation, request.OnText, cancellationToken);
            return generation.FinishReason == FinishReason.Cancelled
                ? Refuse(job, RefusalReason.EngineStopped, "The model was stopped in the middle of an answer.")
                : Describe(job, startedAt, generation);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(job, RefusalReason.EngineStopped, "The model was stopped in the middle of an answer.");
        }
        catch (FailureException e)
        {
            logger.CaptionFailed(request.Frame.CameraId, request.Frame.Index, e.Message);
            return Refuse(job, RefusalReason.Failed, e.Message) with { FailureKind = e.Kind };
        }
        catch (Exception e)
        {
            // The worker serves other cameras: a defect that one picture meets must not end them too.
            logger.ModelDefect(e, request.Frame.CameraId, request.Frame.Index);
            return Refuse(job, RefusalReason.Failed, $"The model met a defect ({e.GetType().Name}); the log has the details.");
        }
    }

    private Caption Describe(Job job, DateTimeOffset startedAt, Generation generation)
    {
        var statistics = generation.Statistics;
        Figures?.Add(statistics);
        return new Caption
        {
            Frame = job.Request.Frame,
            Prompt = job.Request.Generation.Prompt,
            Text = generation.Text,
            FinishReason = generation.FinishReason,
            Statistics = statistics,
            ModelName = model.Description.Name,
            ModelFingerprint = model.Description.Fingerprint,
            Parameters = job.Request.Generation,
            YesProbabilities = generation.YesProbabilities,
            Reason = job.Request.Reason,
            Stamps = job.Stamps with
            {
                StartedAt = startedAt,
                EncodedAt = startedAt + statistics.Preprocess + statistics.Encode,
                FirstTokenAt = startedAt + statistics.TimeToFirstToken,
                LastTokenAt = startedAt + statistics.TimeToFirstToken + statistics.Decode,
            },
        };
    }

    private static CaptionRefusal Refuse(Job job, RefusalReason reason, string detail) =>
        new() { Frame = job.Request.Frame, Stamps = job.Stamps, Reason = reason, Detail = detail };

    private sealed class Job(CaptionRequest request, DateTimeOffset queuedAt, CancellationToken cancellation)
    {
        public CaptionRequest Request { get; } = request;

        public CancellationToken Cancellation { get; } = cancellation;

        // Continuations must not run on the model's thread.
        public TaskCompletionSource<CaptionOutcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StageStamps Stamps { get; } =
            new() { CapturedAt = request.Frame.CapturedAt, SampledAt = request.SampledAt, QueuedAt = queuedAt };
    }
}
