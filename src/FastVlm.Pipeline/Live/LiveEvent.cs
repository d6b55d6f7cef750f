using System.Text.Json.Serialization;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Live;

/// <summary>Something that people who look on want to see at once.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CameraStateEvent), "cameraState")]
[JsonDerivedType(typeof(CaptionTextEvent), "captionText")]
[JsonDerivedType(typeof(CaptionEvent), "caption")]
[JsonDerivedType(typeof(IncidentEvent), "incident")]
[JsonDerivedType(typeof(DeliveryEvent), "delivery")]
[JsonDerivedType(typeof(ConfigurationEvent), "configuration")]
public abstract record LiveEvent
{
    /// <summary>
    /// Counts up by one within a run of the platform; set by the feed. 0 for text pieces, which are not kept for resuming.
    /// </summary>
    public long Sequence { get; init; }

    /// <summary>The camera that it is about; null for what concerns all.</summary>
    public CameraId? CameraId { get; init; }
}

/// <summary>A camera's state changed.</summary>
public sealed record CameraStateEvent(CameraStatus Status) : LiveEvent;

/// <summary>A piece of a caption as the model writes it. Pieces of one frame follow each other; the caption replaces them.</summary>
public sealed record CaptionTextEvent(long FrameIndex, string Text) : LiveEvent;

/// <summary>A caption is complete, judged and stored.</summary>
public sealed record CaptionEvent(CaptionRecord Caption) : LiveEvent;

/// <summary>An incident was opened, goes on, was told, cleared or annotated.</summary>
public sealed record IncidentEvent(IncidentChangeKind Change, Incident Incident) : LiveEvent;

/// <summary>A try of a delivery ended.</summary>
public sealed record DeliveryEvent(Delivery Delivery) : LiveEvent;

/// <summary>Cameras, rules or endpoints were changed: read them again.</summary>
public sealed record ConfigurationEvent : LiveEvent;

/// <summary>Takes events for whoever looks on: in this process, or on every web node.</summary>
public interface ILiveFeed
{
    /// <summary>Never waits and never throws; those who read too slowly lose the oldest, which is counted.</summary>
    void Publish(LiveEvent liveEvent);
}
