using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Inference;
using FastVlm.Pipeline.Nodes;

namespace FastVlm.Embedded.Platform;

/// <summary>This process, which is the whole installation.</summary>
internal sealed class OnlyNode(CameraFleet fleet, InferenceWorker worker, IModelCatalogue models) : INodeDirectory
{
    public IReadOnlyList<NodeReport> List() =>
    [
        new NodeReport
        {
            Name = Environment.MachineName,
            Version = CommandEnvironment.Version,
            Roles = ["camera", "gpu", "web"],
            State = NodeState.Live,
            CameraCount = fleet.Count,
            StageCount = fleet.Count,
            Devices =
            [
                .. models.List().Where(model => model.IsActive).Select(model => new DeviceReport
                {
                    Name = model.Description?.Device ?? model.Name,
                    Model = model,
                    Waiting = worker.QueueLength,
                    AnsweredCount = model.Figures?.LookCount ?? 0,
                }),
            ],
        },
    ];
}
