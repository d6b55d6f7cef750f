namespace FastVlm.Benchmarks.Load;

/// <summary>What a load run puts on the platform. The defaults are the published measurement.</summary>
internal sealed record LoadPlan
{
    /// <summary>Cameras whose frames are made in this process, so that the platform is measured and not ffmpeg.</summary>
    public required int SyntheticCameras { get; init; }

    /// <summary>Cameras of the RTSP test server, each read by an ffmpeg process of its own.</summary>
    public required int RtspCameras { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Not measured: connecting, compiling, filling caches.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>What a synthetic camera sends.</summary>
    public required double FramesPerSecond { get; init; }

    public required int WidthPx { get; init; }

    public required int HeightPx { get; init; }

    /// <summary>What the model looks at.</summary>
    public required double LooksPerSecond { get; init; }

    /// <summary>What the model takes for a look.</summary>
    public required TimeSpan ModelTime { get; init; }

    public required int Rules { get; init; }

    /// <summary>Each camera shows an event once in so many looks.</summary>
    public required int LooksPerEvent { get; init; }

    /// <summary>Browsers that watch everything, as raw clients of the hub.</summary>
    public required int Watchers { get; init; }

    /// <summary>Where the platform keeps its data; null is a temporary folder.</summary>
    public string? DataDirectory { get; init; }

    public int Cameras => SyntheticCameras + RtspCameras;
}
