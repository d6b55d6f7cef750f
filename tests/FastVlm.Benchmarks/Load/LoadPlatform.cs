using FastVlm.Embedded.Platform;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Video.Cameras;
using FastVlm.Pipeline.Inference;
using FastVlm.Video.Jpeg;
using Microsoft.Extensions.Logging;

namespace FastVlm.Benchmarks.Load;

/// <summary>The platform as `fastvlm up` starts it, with a scripted model and cameras made in this process.</summary>
internal static class LoadPlatform
{
    public static Task<EmbeddedPlatform> StartAsync(
        LoadPlan plan, string data, ILogger logger, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var options = new PlatformOptions
        {
            DataDirectory = data,
            Urls = ["http://127.0.0.1:0"],
            PublicUrl = new Uri("http://127.0.0.1"),
            ConfigurationFile = Path.Combine(data, "fastvlm.yaml"),
            AllowLoopbackWebhooks = true,
        };
        var model = new ScriptedModel(plan);
        var places = new CameraPlaces(demoDirectory: data, options.MediaDirectory);
        var cameras = new CameraSources(places, model.Description.InputSizePx, timeProvider, logger);
        var parts = new PlatformParts
        {
            Model = model,
            Figures = new LookFigures(timeProvider),
            Models = new NotAsked(),
            Sources = new SyntheticSources(plan, cameras, timeProvider),
            CameraTester = new NotAsked(),
            LiveVideo = new NotAsked(),
            Encoder = new JpegEncoder(),
            TimeProvider = timeProvider,
            Logger = logger,
        };
        return EmbeddedPlatform.StartAsync(options, parts, cancellationToken);
    }

    /// <summary>What people use in the dashboard and a load run does not.</summary>
    private sealed class NotAsked : IModelCatalogue, ICameraTester, ILiveVideo
    {
        public IReadOnlyList<ModelCard> List() => [];

        public Task<CameraTest> TestAsync(CameraSpec spec, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A load run tests no camera.");

        public Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken) =>
            Task.FromResult<LiveVideoFile?>(null);
    }
}
