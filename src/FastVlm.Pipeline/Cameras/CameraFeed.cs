using System.Diagnostics.CodeAnalysis;
using FastVlm.Pipeline.Frames;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Cameras;

/// <summary>
/// Keeps one source running: opens it, puts its frames into <see cref="Frames"/>, notices when it falls silent, closes
/// it, waits and opens it again, for ever. The source itself knows nothing of retries. What frames are used for is not
/// known here.
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
        status = new CameraStatus { CameraId = cameraId, State = CameraState.Connecting, Since = timeProvider.GetUtcNow() };
    }

    public CameraId CameraId => cameraId;

    /// <summary>Where the frames arrive. Completed when the feed ends.</summary>
    public LatestFrameSlot Frames { get; }

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
            await ReadFramesAsync(new StallDetector(options.FirstFrameWithin, options.StallAfter), cancellationToken);
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
        DateTimeOffset? liveSince = null;
        while (await MoveNextAsync(frames, detector, stop))
        {
            detector.FrameArrived();
            counts.AddRead();
            liveSince ??= BecomeLive();
            if (timeProvider.GetUtcNow() - liveSince >= Limits.FeedStableAfter)
            {
                retries.Reset();
            }

            await Frames.PutAsync(frames.Current, cancellationToken);
        }
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

    private void SetStatus(CameraState state, FailureException? failure, TimeSpan? retryIn = null) => SetStatus(new CameraStatus
    {
        CameraId = cameraId,
        State = state,
        Since = timeProvider.GetUtcNow(),
        Reason = failure?.Message,
        FailureKind = failure?.Kind,
        Attempt = attempt,
        RetryIn = retryIn,
    });

    private void SetStatus(CameraStatus next)
    {
        status = next;
        options.OnStatus?.Invoke(next);
    }
}
