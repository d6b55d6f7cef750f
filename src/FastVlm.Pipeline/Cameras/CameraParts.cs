using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Cameras;

/// <summary>What all cameras of a process share.</summary>
public sealed record CameraParts
{
    public required ICaptioner Captioner { get; init; }

    public required ICameraSources Sources { get; init; }

    public required IPictureEncoder Encoder { get; init; }

    public required ILiveFeed Live { get; init; }

    public ExpressionCache Expressions { get; init; } = new();

    /// <summary>A camera's feed was shut out by a newer one elsewhere and has ended. Be quick and do not throw.</summary>
    public Action<CameraId>? OnFenced { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required ILogger Logger { get; init; }
}
