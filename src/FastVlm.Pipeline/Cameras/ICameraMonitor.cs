using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Cameras;

/// <summary>What is known of a camera now.</summary>
public sealed record CameraReport
{
    public required CameraStatus Status { get; init; }

    /// <summary>Since the platform or the camera was started; null while it is disabled.</summary>
    public FeedCounters? Counters { get; init; }

    public CaptionRecord? LastCaption { get; init; }

    /// <summary>Codec, size and rate of the source; null until known.</summary>
    public string? SourceDescription { get; init; }
}

/// <summary>A picture and the caption that it got.</summary>
/// <param name="CaptionId">Null where it was not captioned yet.</param>
/// <param name="CapturedAt">When it was captured.</param>
/// <param name="Jpeg">The picture as the model saw it.</param>
public sealed record CameraPicture(CaptionId? CaptionId, DateTimeOffset CapturedAt, byte[] Jpeg);

/// <summary>The running cameras, for those who look on.</summary>
public interface ICameraMonitor
{
    /// <summary>Null for an unknown camera; disabled cameras have a status too.</summary>
    Task<CameraReport?> FindAsync(CameraId id, CancellationToken cancellationToken);

    /// <summary>All cameras whose state is known.</summary>
    Task<IReadOnlyDictionary<CameraId, CameraReport>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The picture of the last caption, or of the given one while it is kept in memory; null where there is none.</summary>
    Task<CameraPicture?> FindPictureAsync(CameraId id, CaptionId? captionId, CancellationToken cancellationToken);

    /// <summary>Starts a camera's connection anew.</summary>
    /// <returns>False for an unknown or disabled camera.</returns>
    Task<bool> ReconnectAsync(CameraId id, CancellationToken cancellationToken);
}

/// <summary>A file of a camera's live stream.</summary>
/// <param name="ContentType">E.g. <c>application/vnd.apple.mpegurl</c>.</param>
/// <param name="Content">The whole file.</param>
public sealed record LiveVideoFile(string ContentType, ReadOnlyMemory<byte> Content);

/// <summary>Live video of the running cameras as HLS, passed on without transcoding; runs only while somebody asks for it.</summary>
public interface ILiveVideo
{
    /// <summary>
    /// <c>index.m3u8</c>, or a file that it names. Asking starts the stream and keeps it going; waits for the first segment.
    /// </summary>
    /// <returns>Null for an unknown camera or file, or where the source has no stream to pass on.</returns>
    /// <exception cref="FailureException">The camera gives no video now, or a codec that browsers cannot play.</exception>
    Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken);
}

/// <summary>What came of a camera's test.</summary>
public sealed record CameraTest
{
    /// <summary>It gave a picture.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>One sentence: why not, and the remedy; null where it did.</summary>
    public string? Error { get; init; }

    public string? Codec { get; init; }

    public int? WidthPx { get; init; }

    public int? HeightPx { get; init; }

    public double? FramesPerSecond { get; init; }

    /// <summary>The first picture, JPEG, masked and cut as the model would see it.</summary>
    public byte[]? Picture { get; init; }

    /// <summary>What works but should be known, e.g. that browsers cannot play the codec.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Tries a camera before it is saved.</summary>
public interface ICameraTester
{
    /// <summary>Opens the source and reads one picture. Never throws for a camera's failure.</summary>
    Task<CameraTest> TestAsync(CameraSpec spec, CancellationToken cancellationToken);
}
