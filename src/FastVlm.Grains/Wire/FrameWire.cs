using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Grains.Wire;

/// <summary>How a frame's picture is written.</summary>
public enum PictureFormat
{
    /// <summary>8-bit RGB without padding: within one node, where nothing is copied.</summary>
    Rgb,

    /// <summary>Baseline JPEG: between nodes.</summary>
    Jpeg,
}

/// <summary>A frame on its way to a model. Its bytes belong to the frame and are never written again.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.FrameWire")]
public sealed record FrameWire
{
    [Id(0)]
    public required string CameraId { get; init; }

    [Id(1)]
    public required long Index { get; init; }

    /// <summary>How long ago it was captured, when it was sent: clocks of nodes need not agree.</summary>
    [Id(2)]
    public required TimeSpan Age { get; init; }

    [Id(3)]
    public TimeSpan? MediaTime { get; init; }

    [Id(4)]
    public bool IsSceneChange { get; init; }

    [Id(5)]
    public required PictureFormat Format { get; init; }

    [Id(6)]
    public required int WidthPx { get; init; }

    [Id(7)]
    public required int HeightPx { get; init; }

    [Id(8)]
    public required byte[] Bytes { get; init; }

    public static FrameWire Of(Frame frame, DateTimeOffset now, IPictureEncoder? jpeg)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new FrameWire
        {
            CameraId = frame.CameraId.Value,
            Index = frame.Index,
            Age = now - frame.CapturedAt,
            MediaTime = frame.MediaTime,
            IsSceneChange = frame.IsSceneChange,
            Format = jpeg is null ? PictureFormat.Rgb : PictureFormat.Jpeg,
            WidthPx = frame.Image.WidthPx,
            HeightPx = frame.Image.HeightPx,
            Bytes = jpeg is null ? frame.Image.Pixels : jpeg.EncodeJpeg(frame.Image, ClusterLimits.FrameQuality),
        };
    }

    /// <summary>The frame as if it had been captured by this node's clock.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="decoder">Reads JPEG.</param>
    /// <exception cref="FailureException">PictureInvalid: its bytes are no such picture.</exception>
    public Frame ToFrame(DateTimeOffset now, IPictureDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        return new Frame
        {
            CameraId = new CameraId(CameraId),
            Index = Index,
            CapturedAt = now - Age,
            MediaTime = MediaTime,
            IsSceneChange = IsSceneChange,
            Image = Format == PictureFormat.Rgb ? new RgbImage(WidthPx, HeightPx, Bytes) : decoder.DecodeJpeg(Bytes),
        };
    }
}
