namespace FastVlm.Pipeline.Frames;

/// <summary>Which picture of which camera: what stays of a frame when its pixels are elsewhere or gone.</summary>
public record FrameMark
{
    public required CameraId CameraId { get; init; }

    /// <summary>Counts up from 0 within one run of the source; a gap means frames that were dropped.</summary>
    public required long Index { get; init; }

    /// <summary>When the picture reached this machine (live sources), on the clock of the platform.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>Position in the source's own time line since its first frame; null where the source has none.</summary>
    public TimeSpan? MediaTime { get; init; }

    /// <summary>The picture differs from the one that was last looked at; set by the feed, where it is asked to watch for that.</summary>
    public bool IsSceneChange { get; init; }
}

/// <summary>One picture of a camera and when it was captured.</summary>
public sealed record Frame : FrameMark
{
    public required RgbImage Image { get; init; }
}
