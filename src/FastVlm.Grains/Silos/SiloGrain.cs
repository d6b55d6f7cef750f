using FastVlm.Grains.Cameras;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Placement;
using FastVlm.Grains.Rules;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using Orleans.Concurrency;
using Orleans.Placement;

namespace FastVlm.Grains.Silos;

/// <summary>A shell before what runs on this node.</summary>
[OnNamedSilo]
[KeepAlive]
[Immovable]
[Reentrant]
public sealed class SiloGrain(LocalCameras cameras, LocalNode node, Live.LiveRelay relay, ILocalSiloDetails self) : Grain, ISiloGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        this.GetPrimaryKeyString() == self.Name
            ? Task.CompletedTask
            : throw new WrongNodeException($"Node '{this.GetPrimaryKeyString()}' is not '{self.Name}'.");

    public Task<NodeCamerasWire> ListCameras() =>
        Task.FromResult(new NodeCamerasWire([.. cameras.Ids.Select(id => id.Value)], cameras.IsDraining));

    public Task<JsonWire> Report() => Task.FromResult(JsonWire.Of(cameras.Report()));

    public Task<JsonWire> Describe() => Task.FromResult(JsonWire.Of(node.Describe()));

    public Task WantText()
    {
        relay.WantText();
        return Task.CompletedTask;
    }

    public async Task<EvidenceWire[]> TakeEvidence(string cameraId, long frameIndex, DateTimeOffset capturedAt)
    {
        var camera = new CameraId(cameraId);
        if (cameras.Find(camera) is not { } slot)
        {
            return [];
        }

        var trigger = new FrameMark { CameraId = camera, Index = frameIndex, CapturedAt = capturedAt };

        // Several pictures are encoded: not on the grain's turn.
        var pictures = await Task.Run(() => slot.Pictures.TakeAsync(trigger, CancellationToken.None));
        return [.. pictures.Select(EvidenceWire.Of)];
    }
}
