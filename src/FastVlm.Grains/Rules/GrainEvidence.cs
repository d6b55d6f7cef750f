using FastVlm.Grains.Silos;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Rules;

/// <summary>
/// Fetches the pictures that prove an incident from the node that reads the camera. An incident opens without them where that
/// node is gone. One caller at a time.
/// </summary>
public sealed class GrainEvidence(IGrainFactory grains, ILogger logger) : IEvidencePictures
{
    /// <summary>The node that has the frame which is judged now.</summary>
    public string Silo { get; set; } = "";

    public async Task<IReadOnlyList<EvidencePicture>> TakeAsync(FrameMark trigger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        try
        {
            var pictures = await grains.GetGrain<ISiloGrain>(Silo)
                .TakeEvidence(trigger.CameraId.Value, trigger.Index, trigger.CapturedAt)
                .WaitAsync(ClusterLimits.ReportWithin, cancellationToken);
            return [.. pictures.Select(picture => picture.ToPicture())];
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or IOException)
        {
            logger.EvidenceNotReached(trigger.CameraId.Value, Silo, e.Message);
            return [];
        }
    }
}

/// <summary>A picture of evidence between nodes.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.EvidenceWire")]
public sealed record EvidenceWire(
    [property: Id(0)] JsonWire Description,
    [property: Id(1)] byte[] Jpeg)
{
    public static EvidenceWire Of(EvidencePicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return new EvidenceWire(JsonWire.Of(picture), picture.Jpeg.ToArray());
    }

    public EvidencePicture ToPicture() => Description.Read<EvidencePicture>() with { Jpeg = Jpeg };
}
