using System.Diagnostics.CodeAnalysis;
using FastVlm.Pipeline.Frames;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Cameras;

/// <summary>
/// Keeps one source running: opens it, puts its frames into <see cref="Frames"/>, notices when it falls silent, closes
/// it, waits and opens it again, for ever. Frames without a usable picture go no further; the source stays open, because
/// only more frames can tell when it is healthy again. The source itself knows nothing of retries. What frames are used
/// for is not known here.
/// </summary>
public sealed class CameraFeed
{
    private readonly CameraId cameraId;
    private readonly IFrameSource source;
    private readonly CameraFeedOptions options;
    private readonly FeedCounts counts = new();
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly RetrySchedule retries;
    private int attempt;
    private FailureException? lastFailure;
    private DateTimeOffset? downSince;
    private PictureProblem? problem;
    private volatile CameraStatus status;

    public CameraFeed(CameraId cameraId, IFrameSource source, CameraFeedOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        this.cameraId = cameraId;
        this.source = source;
        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;
        Frames = new LatestFrameSlot(keepEveryFrame: !options.IsLive);
        retries = new RetrySchedule(
            options.RetryFirst, options.RetryMax, Limits.RetryJitter, new Random(cameraId.Value.GetHashCode(StringComparison.Ordinal)));
        downSince = timeProvider.GetUtcNow();
        status = new CameraStatus
        {
            CameraId = cameraId,
            State = CameraState.Connecting,
            Since = downSince.Value,
            DownSince = downSince,
        };
    }

    public CameraId CameraId => cameraId;

    /// <summary>Where the frames arrive. Completed when the feed ends.</summary>
    public LatestFrameSlot Frames { get; }

    /// <summary>What is looked for in each frame before it waits in <see cref="Frames"/>; can be changed while the feed runs.</summary>
    public FrameInspector Inspector { get; } = new();

    /// <summary>How the camera is doing now; safe to read from anywhere.</summary>
    public CameraStatus Status => status;

    /// <summary>Counts of this feed and of the pipeline that consumes it.</summary>
    internal FeedCounts Counts => counts;

    /// <summary>
    /// Runs until cancelled, or until a recording ends. Returns only after the source has been closed. Call once.
    /// </summary>
    /// <exception cref="FailureException">A recording failed, or a live source gave no frame and the options say to fail then.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadOnceAsync(cancellationToken) is { } failure)
            {
                lastFailure = failure;
                if (IsFinal(failure))
                {
                    Frames.Complete(failure);
                    throw failure;
                }

                await WaitForRetryAsync(failure, cancellationToken);
            }

            logger.FeedEnded(cameraId, counts.FramesRead);
        }
        finally
        {
            SetStatus(CameraState.Ended, lastFailure);
            Frames.Complete();
        }
    }

    private bool IsFinal(FailureException failure) =>
        !options.IsLive
        || (options.FailBeforeFirstFrame && counts.FramesRead == 0)
        || failure.Kind == FailureKind.ToolMissing;

    private async Task WaitForRetryAsync(FailureException failure, CancellationToken cancellationToken)
    {
        var delay = retries.Next();
        logger.FeedLost(cameraId, failure.Message, delay.TotalSeconds);
        SetStatus(CameraState.Offline, failure, delay);
        counts.AddRestart();
        await Task.Delay(delay, timeProvider, cancellationToken);
    }

    /// <summary>One life of the source; null when a recording came to its end.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The one supervisor of the reader: a defect costs one restart, not the camera.")]
    private async Task<FailureException?> ReadOnceAsync(CancellationToken cancellationToken)
    {
        attempt++;
        logger.FeedConnecting(cameraId, attempt);
        SetStatus(CameraState.Connecting, lastFailure);
        try
        {
            var detector = new StallDetector(options.FirstFrameWithin, options.StallAfter, options.SlowestPeriod);
            await ReadFramesAsync(detector, cancellationToken);
            return options.IsLive ? new FailureException(FailureKind.SourceUnreachable, "The stream ended.") : null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (FailureException e)
        {
            return e;
        }
        catch (Exception e)
        {
            logger.FeedDefect(e, cameraId);
            return new FailureException(FailureKind.Internal, $"The reader met a defect ({e.GetType().Name}); the log has the details.", e);
        }
    }

    private async Task ReadFramesAsync(StallDetector detector, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var frames = source.ReadAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        await using var _ = frames.ConfigureAwait(false);
        Inspector.Restart();
        problem = null;
        DateTimeOffset? liveSince = null;
        while (await MoveNextAsync(frames, detector, stop))
        {
            var now = timeProvider.GetUtcNow();
            detector.FrameArrived(now);
            counts.AddRead();
            liveSince ??= BecomeLive();
            if (now - liveSince >= Limits.FeedStableAfter)
            {
                retries.Reset();
            }

            await PassOnAsync(frames.Current, cancellationToken);
        }
    }

    private async ValueTask PassOnAsync(Frame frame, CancellationToken cancellationToken)
    {
        var inspection = Inspector.Inspect(frame);
        if (inspection.Problem?.Fault != problem?.Fault)
        {
            ChangeProblem(inspection.Problem);
        }

        if (problem is not null)
        {
            counts.AddDropped(DropReason.BadPicture);
            return;
        }

        Frames.FreshnessLimit = Inspector.Options.FreshnessLimit;
        await Frames.PutAsync(inspection.Frame, cancellationToken);
    }

    private void ChangeProblem(PictureProblem? found)
    {
        problem = found;
        if (found is null)
        {
            logger.PictureHealthy(cameraId);
            SetStatus(CameraState.Live, failure: null);
            return;
        }

        logger.PictureBad(cameraId, found.Reason);
        SetStatus(NewStatus(CameraState.Stalled) with { Reason = found.Reason, FailureKind = FailureKind.PictureInvalid });
    }

    /// <summary>Waits for the next frame no longer than the detector allows.</summary>
    private async Task<bool> MoveNextAsync(IAsyncEnumerator<Frame> frames, StallDetector detector, CancellationTokenSource stop)
    {
        detector.WaitStarted(timeProvider.GetUtcNow());
        var next = frames.MoveNextAsync().AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(detector.RemainingAt(timeProvider.GetUtcNow()), timeProvider, CancellationToken.None);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                // Timers may fire a little early: the detector decides.
                if (detector.Judge(timeProvider.GetUtcNow()) == FeedVerdict.Stalled)
                {
                    throw await CloseStalledAsync(next, detector, stop);
                }
            }
        }
    }

    private async Task<FailureException> CloseStalledAsync(Task next, StallDetector detector, CancellationTokenSource stop)
    {
        var failure = new FailureException(
            FailureKind.SourceUnreachable,
            $"The camera '{cameraId}' sent no frame for {detector.SilenceMax.TotalSeconds:0.#} s; check the camera and the network to it.");
        counts.AddStall();
        SetStatus(CameraState.Stalled, failure);
        await stop.CancelAsync();
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return failure;
    }

    private DateTimeOffset BecomeLive()
    {
        attempt = 0;
        logger.FeedLive(cameraId);
        lastFailure = null;
        SetStatus(CameraState.Live, failure: null);
        return status.Since;
    }

    private void SetStatus(CameraState state, FailureException? failure, TimeSpan? retryIn = null) =>
        SetStatus(NewStatus(state) with { Reason = failure?.Message, FailureKind = failure?.Kind, RetryIn = retryIn });

    private CameraStatus NewStatus(CameraState state)
    {
        var now = timeProvider.GetUtcNow();
        downSince = state == CameraState.Live ? null : downSince ?? now;
        return new CameraStatus { CameraId = cameraId, State = state, Since = now, DownSince = downSince, Attempt = attempt };
    }

    private void SetStatus(CameraStatus next)
    {
        status = next;
        options.OnStatus?.Invoke(next);
    }
}
