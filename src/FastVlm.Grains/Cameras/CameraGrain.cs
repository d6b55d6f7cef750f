using FastVlm.Grains.Placement;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Incidents;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FastVlm.Grains.Cameras;

/// <summary>
/// A shell before the camera's slot, which lives beside it: its feed starts when the grain is activated, and has ended, its
/// ffmpeg gone, when the deactivation is over. Whose turn it is to run is decided by the store's epochs, so that a feed that
/// lost its grain is shut out before the next one's first caption.
/// </summary>
[OnSilosWithRole("camera")]
[RandomPlacement]
[KeepAlive]
[Reentrant]
public sealed class CameraGrain(LocalCameras cameras, ILiveVideo liveVideo, ILocalSiloDetails self) : Grain, ICameraGrain
{
    private readonly Lock gate = new();
    private CameraSlot? slot;
    private bool isActive;
    private bool isGivenUp;

    private CameraId Camera => new(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var started = await cameras.StartAsync(Camera, GiveUp, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            // What was begun in an activation that fails is ended by nobody else.
            await cameras.StopAsync(Camera, started);
            cancellationToken.ThrowIfCancellationRequested();
        }

        slot = started;
        this.RegisterGrainTimer(
            Activated, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { KeepAlive = true, Interleave = true });
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        slot is null ? Task.CompletedTask : cameras.StopAsync(Camera, slot);

    public Task<string> Start() => Task.FromResult(self.Name);

    public Task Close()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Move(SiloAddress target)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, target);
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    public Task<JsonWire> Report() => Task.FromResult(JsonWire.Of(slot!.Report()));

    public async Task<PictureWire?> FindPicture(string? captionId)
    {
        // The first to ask makes the JPEG: not on the grain's turn.
        var found = await Task.Run(() => slot!.Pictures.Find(captionId is null ? null : new CaptionId(captionId)));
        return found is null ? null : new PictureWire(found.CaptionId?.Value, found.CapturedAt, found.Jpeg);
    }

    public Task<bool> Reconnect() => Task.FromResult(slot!.Reconnect());

    public async Task<LiveVideoWire?> ReadLiveVideo(string fileName, CancellationToken cancellationToken)
    {
        try
        {
            return await liveVideo.ReadAsync(Camera, fileName, cancellationToken) is { } file
                ? new LiveVideoWire(file.ContentType, file.Content.ToArray(), null, default)
                : null;
        }
        catch (FailureException failure)
        {
            return new LiveVideoWire(null, [], failure.Message, failure.Kind);
        }
    }

    public Task Annotate(JsonWire annotated) => slot!.AnnotateAsync(annotated.Read<Incident>(), CancellationToken.None);

    /// <summary>Comes when the activation is complete.</summary>
    private Task Activated(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            isActive = true;
        }

        if (isGivenUp)
        {
            GiveUp();
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// May be called from anywhere, also before the activation is complete: to end it then would make it fail, and whoever
    /// called would begin another one, without end.
    /// </summary>
    private void GiveUp()
    {
        lock (gate)
        {
            isGivenUp = true;
            if (!isActive)
            {
                return;
            }
        }

        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The camera's feed has ended here."));
    }
}
