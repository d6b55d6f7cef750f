using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Sampling;

namespace FastVlm.Pipeline;

/// <summary>
/// The story of one camera's frames. Read this first.
/// <code>
///  camera ──► IFrameSource ──► CameraFeed ──► LatestFrameSlot   (1) capture: supervised; the newest frame wins
///                                │ FrameInspector  │                bad pictures out, scene changes marked, pre-roll kept
///  RunAsync ◄──────────────────────────────────────┘
///     │  FrameSampler.Judge(frame, now)                         (2) sample: one per period, scene changes, none too old
///     │  ICaptioner.CaptionAsync(request)                       (3) caption: InferenceWorker → IVisionLanguageModel
///     └─ ICaptionSink.PublishAsync(frame, outcome)              (4) publish: rules, alerts, show
/// </code>
/// One frame is in flight per camera, so nothing queues up behind a slow model: (3) takes longer, the slot replaces
/// frames that wait, the drops are counted, and the next caption is about now. A scene change that was marked at (1) waits
/// in the slot until it is looked at. What is asked can be changed while the pipeline runs.
/// </summary>
public sealed class FramePipeline
{
    private readonly CameraFeed feed;
    private readonly ICaptioner captioner;
    private readonly ICaptionSink sink;
    private readonly TimeProvider timeProvider;
    private volatile FramePipelineOptions options;

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
        feed.Inspector.Options = options.Inspection;
    }

    /// <summary>
    /// What is asked about which frames. Safe to set from anywhere while the pipeline runs: it holds from the next frame on,
    /// which is looked at without waiting for the next tick.
    /// </summary>
    public FramePipelineOptions Options
    {
        get => options;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            options = value;
            feed.Inspector.Options = value.Inspection;
        }
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
        var asked = options;
        var sampler = NewSampler(asked);

        // (1) Capture, beside us.
        var capture = feed.RunAsync(stop.Token);
        try
        {
            while (await feed.Frames.TakeAsync(cancellationToken) is { } frame)
            {
                if (!ReferenceEquals(asked, options))
                {
                    asked = options;
                    sampler = NewSampler(asked);
                }

                // (2) Sample.
                var sampledAt = timeProvider.GetUtcNow();
                if (Sample(sampler, asked, frame, sampledAt) is not { } reason)
                {
                    continue;
                }

                // (3) Caption.
                var outcome = await captioner.CaptionAsync(Ask(asked, frame, sampledAt) with { Reason = reason }, cancellationToken);
                feed.Counts.AddOutcome(outcome);

                // (4) Publish.
                await sink.PublishAsync(frame, outcome, cancellationToken);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await capture.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await capture;
    }

    private static FrameSampler NewSampler(FramePipelineOptions asked) =>
        new(asked.SamplePeriod, asked.FrameAgeMax, asked.SampleByMediaTime);

    /// <summary>Why the frame is looked at; null where it is not, which is counted.</summary>
    private SampleReason? Sample(FrameSampler sampler, FramePipelineOptions asked, Frame frame, DateTimeOffset now)
    {
        if (asked.IsScheduled is { } isScheduled && !isScheduled(now))
        {
            feed.Counts.AddDropped(DropReason.OutsideSchedule);
            return null;
        }

        switch (sampler.Judge(frame, now))
        {
            case SampleVerdict.NotDue:
                feed.Counts.AddDropped(DropReason.NotDue);
                return null;
            case SampleVerdict.TooOld:
                feed.Counts.AddDropped(DropReason.TooOld);
                return null;
            case var taken:
                feed.Counts.AddSampled();
                feed.Inspector.LookedAt(frame);
                return taken == SampleVerdict.TakeForChange ? SampleReason.SceneChange : SampleReason.Rate;
        }
    }

    private static CaptionRequest Ask(FramePipelineOptions asked, Frame frame, DateTimeOffset sampledAt) => new()
    {
        Frame = frame,
        Generation = asked.Generation,
        SampledAt = sampledAt,
        FrameAgeMax = asked.FrameAgeMax,
        OnText = asked.OnText is { } onText ? text => onText(frame, text) : null,
    };
}

/// <summary>What to ask about which frames. Immutable: a change is a new one.</summary>
public sealed record FramePipelineOptions
{
    /// <summary>What a camera's specification asks for; questions, schedule and listeners are the host's to add.</summary>
    public static FramePipelineOptions For(CameraSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new FramePipelineOptions
        {
            Generation = new GenerationRequest { Prompt = spec.Prompt, MaxNewTokens = spec.AnswerTokensMax },
            SamplePeriod = TimeSpan.FromSeconds(1 / spec.Sampling.RatePerSecond),
            FrameAgeMax = spec.Sampling.FreshnessLimit,
            Inspection = InspectionOptions.For(spec),
        };
    }

    /// <summary>The prompt and how to answer it.</summary>
    public required GenerationRequest Generation { get; init; }

    /// <summary>Time between two samples; zero takes every frame that the model has time for.</summary>
    public TimeSpan SamplePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Frames older than this are not captioned; null for recordings that are read as fast as possible.</summary>
    public TimeSpan? FrameAgeMax { get; init; } = Limits.FrameAgeMax;

    /// <summary>Measure <see cref="SamplePeriod"/> on the recording's own time line: for recordings, not for cameras.</summary>
    public bool SampleByMediaTime { get; init; }

    /// <summary>Whether anybody looks at a moment; frames at other times are read and counted only. Null is always. Be quick.</summary>
    public Func<DateTimeOffset, bool>? IsScheduled { get; init; }

    /// <summary>What is looked for in every frame, also in those that the model does not see.</summary>
    public InspectionOptions Inspection { get; init; } = new();

    /// <summary>Called with each new piece of a caption's text, on the model's thread: be quick.</summary>
    public Action<Frame, string>? OnText { get; init; }
}
