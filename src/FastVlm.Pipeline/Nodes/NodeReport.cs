using FastVlm.Pipeline.Captions;

namespace FastVlm.Pipeline.Nodes;

/// <summary>What one machine of the platform does now; an edition in one process is one.</summary>
public sealed record NodeReport
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>What it does: camera, gpu, web.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>E.g. live, shuttingDown or dead.</summary>
    public required NodeState State { get; init; }

    /// <summary>Cameras that it reads.</summary>
    public int CameraCount { get; init; }

    /// <summary>Cameras whose captions it judges.</summary>
    public int StageCount { get; init; }

    public IReadOnlyList<DeviceReport> Devices { get; init; } = [];
}

/// <summary>Where a machine is in its life, as the others see it.</summary>
public enum NodeState
{
    /// <summary>It starts.</summary>
    Joining,

    /// <summary>It works.</summary>
    Live,

    /// <summary>It works, but did not answer just now: its figures are left out.</summary>
    Silent,

    /// <summary>It was asked to stop and hands over.</summary>
    ShuttingDown,

    /// <summary>It stopped, or the others no longer hear it.</summary>
    Dead,
}

/// <summary>One device that runs a model.</summary>
public sealed record DeviceReport
{
    /// <summary>E.g. <c>cpu0</c>.</summary>
    public required string Name { get; init; }

    public required ModelCard Model { get; init; }

    /// <summary>Looks that wait.</summary>
    public int Waiting { get; init; }

    /// <summary>Looks since the start.</summary>
    public long AnsweredCount { get; init; }
}

/// <summary>The machines of this installation, as they were a moment ago.</summary>
public interface INodeDirectory
{
    /// <summary>By name; the dead ones of the last hours are among them.</summary>
    IReadOnlyList<NodeReport> List();
}
