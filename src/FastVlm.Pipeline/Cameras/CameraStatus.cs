namespace FastVlm.Pipeline.Cameras;

/// <summary>How a camera is doing.</summary>
public enum CameraState
{
    /// <summary>The source is being opened; no frame has come yet.</summary>
    Connecting,

    /// <summary>Frames come.</summary>
    Live,

    /// <summary>
    /// The source is open but gives no usable picture: it sends nothing and is being closed, or its picture is black, frozen
    /// or repeating and is watched until it is healthy again.
    /// </summary>
    Stalled,

    /// <summary>The source failed; the next try follows by itself.</summary>
    Offline,

    /// <summary>Switched off by its configuration: nothing is opened. Told by the host; a feed has no such state.</summary>
    Disabled,

    /// <summary>The recording is over, or the feed was stopped.</summary>
    Ended,
}

/// <summary>One moment in a camera's life. Immutable: a change is a new status.</summary>
public sealed record CameraStatus
{
    public required CameraId CameraId { get; init; }

    public required CameraState State { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Why the camera is not live: one sentence for people, without secrets; null while it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The kind of the failure in <see cref="Reason"/>.</summary>
    public FailureKind? FailureKind { get; init; }

    /// <summary>Number of the present try since frames last came, from 1; 0 while live.</summary>
    public int Attempt { get; init; }

    /// <summary>When the camera stopped being live, through all tries since; at first, its start. Null while it is live.</summary>
    public DateTimeOffset? DownSince { get; init; }

    /// <summary>Wait until the next try; only while offline.</summary>
    public TimeSpan? RetryIn { get; init; }
}
