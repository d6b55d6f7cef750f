using FastVlm.Grains.Rules;
using FastVlm.Grains.Wire;

namespace FastVlm.Grains.Silos;

/// <summary>The address of one node; its key is the node's name, and it lives there alone.</summary>
[Alias("fastvlm.ISiloGrain")]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>The cameras that run there.</summary>
    [Alias("ListCameras")]
    Task<NodeCamerasWire> ListCameras();

    /// <summary>How the cameras that run there are doing.</summary>
    [Alias("Report")]
    Task<JsonWire> Report();

    /// <summary>Which devices it has and how busy it is.</summary>
    [Alias("Describe")]
    Task<JsonWire> Describe();

    /// <summary>A web node has readers of captions' pieces: they are to be sent for a while.</summary>
    [Alias("WantText")]
    Task WantText();

    /// <summary>The pictures up to a frame that was looked at there; empty where they are gone.</summary>
    [Alias("TakeEvidence")]
    Task<EvidenceWire[]> TakeEvidence(string cameraId, long frameIndex, DateTimeOffset capturedAt);
}

/// <summary>The cameras of a node.</summary>
/// <param name="Cameras">Those that run there.</param>
/// <param name="IsDraining">It stops soon: its cameras are to move.</param>
[GenerateSerializer, Immutable, Alias("fastvlm.NodeCamerasWire")]
public sealed record NodeCamerasWire([property: Id(0)] string[] Cameras, [property: Id(1)] bool IsDraining);
