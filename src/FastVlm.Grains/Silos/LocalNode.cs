using FastVlm.Grains.Cameras;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Members;
using FastVlm.Grains.Rules;
using FastVlm.Pipeline.Nodes;

namespace FastVlm.Grains.Silos;

/// <summary>This node as others are told of it.</summary>
public sealed class LocalNode(
    LocalCameras cameras, LocalStages stages, LocalDevices devices, ClusterOptions options, ILocalSiloDetails self)
{
    public NodeReport Describe() => new()
    {
        Name = self.Name,
        Version = options.Version,
        Roles = SiloRoleNames.Write(options.Roles).Split(','),
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
    };
}
