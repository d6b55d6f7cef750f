namespace FastVlm.Pipeline.Live;

/// <summary>Which events somebody wants. Events that concern no camera are always wanted.</summary>
/// <param name="Cameras">Null is every camera.</param>
/// <param name="Text">Also the pieces of captions as the model writes them.</param>
public sealed record LiveFilter(IReadOnlySet<CameraId>? Cameras, bool Text)
{
    public bool Wants(LiveEvent liveEvent)
    {
        ArgumentNullException.ThrowIfNull(liveEvent);
        return (liveEvent is not CaptionTextEvent || Text)
            && (Cameras is null || liveEvent.CameraId is not { } camera || Cameras.Contains(camera));
    }
}
