using FastVlm.Grains.Cameras;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Placement;
using FastVlm.Grains.Rules;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Nodes;
using Orleans.Concurrency;

namespace FastVlm.Grains.Silos;

/// <summary>A shell before what runs on this node.</summary>
[OnNamedSilo]
[KeepAlive]
[Reentrant]
public sealed class SiloGrain(
    LocalCameras cameras, LocalStages stages, LocalDevices devices, Live.LiveRelay relay, Hosting.ClusterOptions options,
    ILocalSiloDetails self)
    : Grain, ISiloGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        this.GetPrimaryKeyString() == self.Name
            ? Task.CompletedTask
            : throw new WrongNodeException($"Node '{this.GetPrimaryKeyString()}' is not '{self.Name}'.");

    public Task<NodeCamerasWire> ListCameras() =>
        Task.FromResult(new NodeCamerasWire([.. cameras.Ids.Select(id => id.Value)], cameras.IsDraining));

    public Task<JsonWire> Report() => Task.FromResult(JsonWire.Of(cameras.Report()));

    public Task<JsonWire> Describe() => Task.FromResult(JsonWire.Of(new NodeReport
    {
        Name = self.Name,
        Version = options.Version,
        Roles = Members.SiloRoleNames.Write(options.Roles).Split(','),
        State = cameras.IsDraining ? NodeState.ShuttingDown : NodeState.Live,
        CameraCount = cameras.Count,
        StageCount = stages.Count,
        Devices =
        [
            .. devices.All.Select(device => new DeviceReport
            {
                Name = device.Name, Model = device.Model, Waiting = device.Load.Waiting, AnsweredCount = device.AnsweredCount,
            }),
        ],
    }));

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
