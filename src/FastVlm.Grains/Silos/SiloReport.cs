using FastVlm.Pipeline.Captions;

namespace FastVlm.Grains.Silos;

/// <summary>What a node does now.</summary>
public sealed record SiloReport
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>E.g. "camera,web".</summary>
    public required string Roles { get; init; }

    public int CameraCount { get; init; }

    /// <summary>Cameras whose rules are judged here.</summary>
    public int StageCount { get; init; }

    public IReadOnlyList<DeviceReport> Devices { get; init; } = [];
}

/// <summary>One device of a node.</summary>
public sealed record DeviceReport
{
    public required string Name { get; init; }

    public required ModelCard Model { get; init; }

    /// <summary>Looks that wait.</summary>
    public int Waiting { get; init; }

    public long AnsweredCount { get; init; }
}
