using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// One configured camera: its incidents and last pictures, which stay while it is switched off or connected anew, and its
/// present run, if it is on. Changes come one at a time, from the fleet.
/// </summary>
internal sealed class CameraSlot : ICaptionSink, IAsyncDisposable
{
    private readonly CameraId _id;
    private readonly FleetParts _parts;
    private readonly CurrentPreRoll _preRoll = new();
    private readonly IncidentTracker _tracker;
    private readonly CaptionStage _stage;
    private volatile Entry<CameraId, CameraSpec>? _camera;
    private volatile CameraRun? _run;
    private volatile CaptionRecord? _lastCaption;
    private CameraStatus _off;

    public CameraSlot(CameraId id, FleetParts parts)
    {
        _id = id;
        _parts = parts;
        Pictures = new RecentPictures(parts.Encoder);
        _tracker = new IncidentTracker(id, parts.Cooldowns);
        _tracker.Restore(parts.OpenIncidents);
        _off = new CameraStatus { CameraId = id, State = CameraState.Disabled, Since = parts.TimeProvider.GetUtcNow() };
        var setup = new CaptionStageSetup
        {
            Rules = CompiledRuleSet.Build(new WatchedCamera(id, id.Value, []), [], parts.Expressions),
            Tracker = _tracker,
            Journal = parts.Journal,
            Feed = parts.Live,
            Planner = parts.Planner,
            Encoder = parts.Encoder,
            PreRoll = _preRoll,
            OnCaption = Remember,
        };
        _stage = new CaptionStage(setup, parts.TimeProvider, parts.Logger);
    }

    public RecentPictures Pictures { get; }

    public string Name => _camera?.Spec.Name ?? _id.Value;

    public CameraStatus Status => _run?.Status ?? _off;

    public CameraReport Report() => new()
    {
        Status = Status,
        Counters = _run?.Counters,
        LastCaption = _lastCaption,
    };

    /// <summary>Makes the camera what the configuration says.</summary>
    public async Task ApplyAsync(Entry<CameraId, CameraSpec> camera, PlatformConfiguration configuration)
    {
        var before = _camera?.Spec;
        var spec = camera.Spec;
        var rules = CompiledRuleSet.Build(new WatchedCamera(_id, spec.Name, spec.Tags), configuration.Rules, _parts.Expressions);
        _stage.Rules = rules;
        _camera = camera;
        if (!spec.Enabled)
        {
            await SwitchOffAsync("The camera was switched off.");
            return;
        }

        if (_run is { } running && before is not null && _parts.Sources.ReadAlike(before, spec))
        {
            running.Ask(spec, rules.Questions);
        }
        else
        {
            await StopAsync();
            _run = CameraRun.Start(_id, spec, rules.Questions, _parts, this, _preRoll);
        }

        await _stage.TickAsync(CancellationToken.None);
    }

    /// <summary>Schedules end and cooldowns pass also while no caption comes.</summary>
    public Task TickAsync(CancellationToken cancellationToken) =>
        // Before its rules are known, a tick would take the incidents of an earlier run for those of removed rules.
        _camera is null ? Task.CompletedTask : _stage.TickAsync(cancellationToken);

    public Task AnnotateAsync(Incident incident, CancellationToken cancellationToken) => _stage.AnnotateAsync(incident, cancellationToken);

    /// <summary>The camera is configured no more.</summary>
    public async Task RemoveAsync()
    {
        await SwitchOffAsync("The camera was removed.");
        await DisposeAsync();
    }

    /// <summary>The platform stops: the run ends, its ffmpeg is gone; what is open stays open for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stage.Dispose();
    }

    public bool Reconnect()
    {
        _run?.Reconnect();
        return _run is not null;
    }

    public async Task PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is Caption caption)
        {
            _parts.Figures.Add(caption.Statistics);
        }

        await _stage.PublishAsync(outcome, cancellationToken);
    }

    private async Task StopAsync()
    {
        if (_run is { } run)
        {
            await run.DisposeAsync();
            _run = null;
        }
    }

    private async Task SwitchOffAsync(string reason)
    {
        var wasOn = _run is not null;
        await StopAsync();
        _parts.Sources.Forget(_id);
        await _stage.ClearAsync(reason, CancellationToken.None);
        if (wasOn)
        {
            _off = _off with { Since = _parts.TimeProvider.GetUtcNow() };
            _parts.Live.Publish(new CameraStateEvent(_off) { CameraId = _id });
        }
    }

    private void Remember(CaptionRecord caption, Frame frame)
    {
        _lastCaption = caption;
        Pictures.Add(caption.Id, frame);
    }
}

/// <summary>The pre-roll of whichever run is the present one.</summary>
internal sealed class CurrentPreRoll : IPreRoll
{
    private volatile IPreRoll? _current;

    public IPreRoll? Current
    {
        get => _current;
        set => _current = value;
    }

    public IReadOnlyList<Frame> Before(Frame frame) => _current?.Before(frame) ?? [];
}
