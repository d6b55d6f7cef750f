using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Inference;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Platform;

/// <summary>What the platform works with; a test or a benchmark brings its own.</summary>
internal sealed record PlatformParts
{
    public required IVisionLanguageModel Model { get; init; }

    public required LookFigures Figures { get; init; }

    public required IModelCatalogue Models { get; init; }

    public required ICameraSources Sources { get; init; }

    public required ICameraTester CameraTester { get; init; }

    public required ILiveVideo LiveVideo { get; init; }

    public required IPictureEncoder Encoder { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required ILogger Logger { get; init; }
}
