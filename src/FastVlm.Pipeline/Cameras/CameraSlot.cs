using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Cameras;

/// <summary>
/// One configured camera in this process: its stage, its last pictures and whether it counts as down, which stay while it is
/// switched off or connected anew, and its present run, if it is on. Changes come one at a time.
/// </summary>
public sealed class CameraSlot : ICaptionSink, IAsyncDisposable
{
    private readonly CameraId id;
    private readonly CameraParts parts;
    private readonly ICameraStage stage;
    private readonly CameraDownWatch down;
    private volatile Entry<CameraId, CameraSpec>? camera;
    private volatile CameraRun? run;
    private volatile CaptionRecord? lastCaption;
    private CameraStatus off;

    /// <param name="id">The camera.</param>
    /// <param name="parts">What all cameras share.</param>
    /// <param name="newStage">Makes the camera's stage; it may ask the pictures for evidence.</param>
    /// <param name="down">Records when it is down.</param>
    public CameraSlot(CameraId id, CameraParts parts, Func<IEvidencePictures, ICameraStage> newStage, CameraDownWatch down)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(newStage);
        this.id = id;
        this.parts = parts;
        this.down = down;
        Pictures = new CameraPictures(parts.Encoder, new EvidenceTaker(parts.Encoder, parts.Logger));
        stage = newStage(Pictures);
        off = new CameraStatus { CameraId = id, State = CameraState.Disabled, Since = parts.TimeProvider.GetUtcNow() };
    }

    public CameraPictures Pictures { get; }

    public string Name => camera?.Spec.Name ?? id.Value;

    public CameraStatus Status => run?.Status ?? off;

    public CameraReport Report() => new()
    {
        Status = Status,
        Counters = run?.Counters,
        LastCaption = lastCaption,
    };

    /// <summary>Makes the camera what the configuration says.</summary>
    public async Task ApplyAsync(Entry<CameraId, CameraSpec> wanted, PlatformConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(configuration);
        var before = camera?.Spec;
        var spec = wanted.Spec;
        var rules = CompiledRuleSet.Build(new WatchedCamera(id, spec.Name, spec.Tags), configuration.Rules, parts.Expressions);
        stage.Rules = rules;
        camera = wanted;
        if (!spec.Enabled)
        {
            await SwitchOffAsync("The camera was switched off.");
            return;
        }

        if (run is { } running && before is not null && parts.Sources.ReadAlike(before, spec))
        {
            running.Ask(spec, rules.Questions);
        }
        else
        {
            await StopAsync();
            run = CameraRun.Start(id, spec, rules.Questions, parts, this, Pictures);
        }

        await stage.TickAsync(CancellationToken.None);
    }

    /// <summary>
    /// Lets a second pass: a camera that gives no picture is told of; schedules end and cooldowns pass also while no caption
    /// comes.
    /// </summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        // Before its rules are known, a tick would take the incidents of an earlier run for those of removed rules.
        if (camera is { } known)
        {
            await down.AdvanceAsync(Status, known.Spec.Name, parts.TimeProvider.GetUtcNow(), cancellationToken);
            await stage.TickAsync(cancellationToken);
        }
    }

    /// <summary>A person acknowledged or judged one of its incidents.</summary>
    public Task AnnotateAsync(Incident incident, CancellationToken cancellationToken)
    {
        down.Annotate(incident);
        return stage.AnnotateAsync(incident, cancellationToken);
    }

    /// <summary>The camera is configured no more. Returns once its incidents are cleared, also where the store fails first.</summary>
    /// <exception cref="OperationCanceledException">The process stops: what is open stays open for the next start.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SwitchOffAsync("The camera was removed.");
            var waits = new RetrySchedule(Limits.JournalRetryFirst, Limits.JournalRetryMax, jitter: 0, new Random(0));
            await down.EndAsync(parts.TimeProvider.GetUtcNow(), cancellationToken);
            while (down.Waits)
            {
                await Task.Delay(waits.Next(), parts.TimeProvider, cancellationToken);
                await down.EndAsync(parts.TimeProvider.GetUtcNow(), cancellationToken);
            }
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>The process stops: the run ends, its ffmpeg is gone; what is open stays open for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        (stage as IDisposable)?.Dispose();
    }

    public bool Reconnect()
    {
        run?.Reconnect();
        return run is not null;
    }

    public async Task PublishAsync(Frame frame, CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        Pictures.LookedAt(frame);
        if (await stage.PublishAsync(outcome, cancellationToken) is { } caption)
        {
            lastCaption = caption;
            Pictures.Captioned(caption);
        }
    }

    private async Task StopAsync()
    {
        if (run is { } running)
        {
            await running.DisposeAsync();
            run = null;
        }
    }

    private async Task SwitchOffAsync(string reason)
    {
        var wasOn = run is not null;
        await StopAsync();
        parts.Sources.Forget(id);
        await stage.ClearAsync(reason, CancellationToken.None);
        if (wasOn)
        {
            off = off with { Since = parts.TimeProvider.GetUtcNow() };
            parts.Live.Publish(new CameraStateEvent(off) { CameraId = id });
        }
    }
}
