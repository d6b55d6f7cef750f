using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Tests.Rules;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

/// <summary>Every camera reads the same source, which the test pushes frames into.</summary>
internal sealed class FakeCameraSources : ICameraSources
{
    public FakeFrameSource Source { get; } = new();

    public Collector<CameraId> Forgotten { get; } = new("forgotten cameras");

    public CameraSource Create(CameraId id, CameraSpec spec) => new(Source, new CameraFeedOptions { IsLive = true });

    public bool ReadAlike(CameraSpec before, CameraSpec after) => before.Url == after.Url;

    public void Forget(CameraId id) => Forgotten.Add(id);
}

/// <summary>Says the same of every frame, at once.</summary>
internal sealed class InstantCaptioner : ICaptioner
{
    public Task<CaptionOutcome> CaptionAsync(CaptionRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<CaptionOutcome>(TestCaptions.Of(request.Frame, "The belt runs."));
}

/// <summary>Keeps what it is told; publishes as the test says.</summary>
internal sealed class FakeStage : ICameraStage
{
    public Func<CaptionOutcome, Task<CaptionRecord?>> OnPublish { get; set; } = outcome =>
        Task.FromResult(outcome is Caption caption ? CaptionRecords.From(caption, [], caption.Frame.CapturedAt) : null);

    public Collector<string> Calls { get; } = new("calls of the stage");

    public CompiledRuleSet Rules { get; set; } = TestRules.Set();

    public Task<CaptionRecord?> PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        Calls.Add("publish");
        return OnPublish(outcome);
    }

    public Task TickAsync(CancellationToken cancellationToken) => CallAsync("tick");

    public Task AnnotateAsync(Incident annotated, CancellationToken cancellationToken) => CallAsync($"annotate {annotated.Id}");

    public Task ClearAsync(string reason, CancellationToken cancellationToken) => CallAsync($"clear: {reason}");

    private Task CallAsync(string call)
    {
        Calls.Add(call);
        return Task.CompletedTask;
    }
}

/// <summary>What the cameras of a test share.</summary>
internal sealed class CameraBench
{
    public ManualTimeProvider Time { get; } = new();

    public FakeCameraSources Sources { get; } = new();

    public FakePictureEncoder Encoder { get; } = new();

    public FakeFeed Feed { get; } = new();

    public CollectingLogger Logs { get; } = new();

    public Collector<CameraId> Fenced { get; } = new("fenced cameras");

    public CameraParts Parts => new()
    {
        Captioner = new InstantCaptioner(),
        Sources = Sources,
        Encoder = Encoder,
        Live = Feed,
        OnFenced = Fenced.Add,
        TimeProvider = Time,
        Logger = Logs,
    };

    public static CameraSpec Spec { get; } = new() { Name = "Line 3", Url = new CameraUrl("rtsp://10.0.0.5/a") };

    public static Entry<CameraId, CameraSpec> Camera(CameraSpec? spec = null) =>
        new() { Id = TestFrames.Camera, Spec = spec ?? Spec, CreatedAt = default, UpdatedAt = default };

    public CameraPictures NewPictures() => new(Encoder, new EvidenceTaker(Encoder, Logs));
}
