namespace FastVlm.Pipeline.Cameras;

/// <summary>How a source is supervised.</summary>
public sealed record CameraFeedOptions
{
    /// <summary>
    /// True for cameras: the end of the stream is a loss, restarts follow for ever, and only the newest frame counts.
    /// False for recordings: the end is the end, failures end the feed, and the reader waits for the consumer.
    /// </summary>
    public required bool IsLive { get; init; }

    /// <summary>
    /// End with the failure when not even one frame came since the start, instead of trying for ever: a wrong password on
    /// a command line should be told at once. Only for live sources; recordings always do.
    /// </summary>
    public bool FailBeforeFirstFrame { get; init; }

    /// <summary>Silence of a live source that counts as a stall, unless <see cref="SlowestPeriod"/> allows more.</summary>
    public TimeSpan StallAfter { get; init; } = Limits.StallAfter;

    /// <summary>
    /// Time between two frames that the source may take by its nature (key frames only, a slow camera); zero where frames come
    /// several times within <see cref="StallAfter"/>. It is borne at first; then the source's own interval counts.
    /// </summary>
    public TimeSpan SlowestPeriod { get; init; }

    /// <summary>Patience with the opening of a source.</summary>
    public TimeSpan FirstFrameWithin { get; init; } = Limits.FirstFrameWithin;

    /// <summary>Wait before the first restart; each later one doubles it.</summary>
    public TimeSpan RetryFirst { get; init; } = Limits.FeedRetryFirst;

    /// <summary>Longest wait between restarts.</summary>
    public TimeSpan RetryMax { get; init; } = Limits.FeedRetryMax;

    /// <summary>Told each change, on the feed's own flow: be quick and do not throw.</summary>
    public Action<CameraStatus>? OnStatus { get; init; }
}
