using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Sampling;

namespace FastVlm.Pipeline;

/// <summary>
/// The story of one camera's frames. Read this first.
/// <code>
///  camera ──► IFrameSource ──► CameraFeed ──► LatestFrameSlot   (1) capture: supervised; the newest frame wins
///                                                  │
///  RunAsync ◄──────────────────────────────────────┘
///     │  FrameSampler.Judge(frame, now)                         (2) sample: at most one per period, none too old
///     │  ICaptioner.CaptionAsync(request)                       (3) caption: InferenceWorker → IVisionLanguageModel
///     └─ ICaptionSink.PublishAsync(outcome)                     (4) publish: rules, alerts, show
/// </code>
/// One frame is in flight per camera, so nothing queues up behind a slow model: (3) takes longer, the slot replaces
/// frames that wait, the drops are counted, and the next caption is about now.
/// </summary>
public sealed class FramePipeline
{
    private readonly CameraFeed feed;
    private readonly ICaptioner captioner;
    private readonly ICaptionSink sink;
    private readonly FramePipelineOptions options;
    private readonly TimeProvider timeProvider;

    public FramePipeline(
        CameraFeed feed, ICaptioner captioner, ICaptionSink sink, FramePipelineOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(options);
        this.feed = feed;
        this.captioner = captioner;
        this.sink = sink;
        this.options = options;
        this.timeProvider = timeProvider;
    }

    /// <summary>What happened to the frames so far; safe to read from anywhere.</summary>
    public FeedCounters Counters => feed.Counts.Snapshot(feed.Frames.ReplacedCount);

    /// <summary>
    /// Runs until cancelled, or until a recording has been read to its end and its last frame is published. The feed runs
    /// with it and has ended, its source closed, when this returns or throws. Call once.
    /// </summary>
    /// <exception cref="FailureException">The feed failed for good (see <see cref="CameraFeed.RunAsync"/>).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sampler = new FrameSampler(options.SamplePeriod, options.FrameAgeMax, options.SampleByMediaTime);

        // (1) Capture, beside us.
        var capture = feed.RunAsync(stop.Token);
        try
        {
            while (await feed.Frames.TakeAsync(cancellationToken) is { } frame)
            {
                // (2) Sample.
                var sampledAt = timeProvider.GetUtcNow();
                if (!IsSampled(sampler.Judge(frame, sampledAt)))
                {
                    continue;
                }

                // (3) Caption.
                var outcome = await captioner.CaptionAsync(Ask(frame, sampledAt), cancellationToken);
                feed.Counts.AddOutcome(outcome);

                // (4) Publish.
                await sink.PublishAsync(outcome, cancellationToken);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await capture.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await capture;
    }

    private bool IsSampled(SampleVerdict verdict)
    {
        switch (verdict)
        {
            case SampleVerdict.NotDue:
                feed.Counts.AddDropped(DropReason.NotDue);
                return false;
            case SampleVerdict.TooOld:
                feed.Counts.AddDropped(DropReason.TooOld);
                return false;
            default:
                feed.Counts.AddSampled();
                return true;
        }
    }

    private CaptionRequest Ask(Frame frame, DateTimeOffset sampledAt) => new()
    {
        Frame = frame,
        Generation = options.Generation,
        SampledAt = sampledAt,
        FrameAgeMax = options.FrameAgeMax,
        OnText = options.OnText is { } onText ? text => onText(frame, text) : null,
    };
}

/// <summary>What to ask about which frames.</summary>
public sealed record FramePipelineOptions
{
    /// <summary>The prompt and how to answer it.</summary>
    public required GenerationRequest Generation { get; init; }

    /// <summary>Time between two samples; zero takes every frame that the model has time for.</summary>
    public TimeSpan SamplePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Frames older than this are not captioned; null for recordings that are read as fast as possible.</summary>
    public TimeSpan? FrameAgeMax { get; init; } = Limits.FrameAgeMax;

    /// <summary>Measure <see cref="SamplePeriod"/> on the recording's own time line: for recordings, not for cameras.</summary>
    public bool SampleByMediaTime { get; init; }

    /// <summary>Called with each new piece of a caption's text, on the model's thread: be quick.</summary>
    public Action<Frame, string>? OnText { get; init; }
}
