using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Live;
using Microsoft.Extensions.Logging;

namespace FastVlm.Video.Cameras;

/// <summary>
/// Makes frame sources from cameras as users write them. Knows the places, the model's input size and ffmpeg; one for all
/// cameras of the platform.
/// </summary>
public sealed class CameraSources : ICameraSources
{
    private readonly CameraPlaces places;
    private readonly int modelInputSizePx;
    private readonly string ffmpegPath;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    /// <param name="places">Where demonstration clips and media files are.</param>
    /// <param name="modelInputSizePx">Side of the square that frames are scaled into where a camera asks for nothing else.</param>
    /// <param name="timeProvider">Stamps the frames.</param>
    /// <param name="logger">Gets what ffmpeg said last, without secrets.</param>
    /// <param name="ffmpegPath">Name or path of the program.</param>
    public CameraSources(
        CameraPlaces places, int modelInputSizePx, TimeProvider timeProvider, ILogger logger, string ffmpegPath = "ffmpeg")
    {
        ArgumentNullException.ThrowIfNull(places);
        this.places = places;
        this.modelInputSizePx = modelInputSizePx;
        this.ffmpegPath = ffmpegPath;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <summary>Gets the undecoded video of every camera beside its frames; null where nobody can ask for it.</summary>
    public LiveVideo? Live { get; init; }

    /// <summary>Never fails: what is wrong with the address is told when the frames are read.</summary>
    public CameraSource Create(CameraId id, CameraSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var frameOptions = FrameOptions(spec);
        var stream = Live?.NewStream(id, RefusalOf(spec));
        return new CameraSource(
            new LateSource(() => new FfmpegFrameSource(id, places.Find(spec), frameOptions, timeProvider, logger) { Live = stream }),
            new CameraFeedOptions { IsLive = true, SlowestPeriod = SlowestPeriod(spec.Sampling, frameOptions) });
    }

    /// <summary>What a camera says that it sends.</summary>
    /// <exception cref="FailureException">The sentence says why it cannot be read.</exception>
    public async Task<MediaDescription> DescribeAsync(CameraSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return await new FfmpegProbe(ffmpegPath).DescribeAsync(places.Find(spec), Transport(spec), cancellationToken);
    }

    /// <summary>The first frame, as the pipeline would get it.</summary>
    /// <exception cref="FailureException">The sentence says why there is none.</exception>
    public async Task<Frame> ReadOneAsync(CameraSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var source = new FfmpegFrameSource(new CameraId("test"), places.Find(spec), FrameOptions(spec), timeProvider, logger);
        await foreach (var frame in source.ReadAsync(cancellationToken))
        {
            return frame;
        }

        throw new FailureException(FailureKind.NoVideo, $"The source '{spec.Url.Redacted}' ended before its first picture.");
    }

    /// <summary>
    /// True where two specifications read the camera alike, so that the change from one to the other needs no new connection:
    /// <see cref="FramePipeline.Options"/> carries the rest.
    /// </summary>
    public bool ReadAlike(CameraSpec before, CameraSpec after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (first, second) = (FrameOptions(before), FrameOptions(after));
        return before.Url.Equals(after.Url)
            && before.Credentials == after.Credentials
            && (first with { PrivacyMasks = [] }) == (second with { PrivacyMasks = [] })
            && MaskedAlike(first.PrivacyMasks, second.PrivacyMasks)
            && SlowestPeriod(before.Sampling, first) == SlowestPeriod(after.Sampling, second);
    }

    /// <inheritdoc/>
    public void Forget(CameraId id) => Live?.Forget(id);

    private FrameSourceOptions FrameOptions(CameraSpec spec) => new()
    {
        FrameSidePxMax = spec.ResolutionPx ?? modelInputSizePx,
        FramePeriod = FramePeriod(spec.Sampling),
        Region = spec.Region,
        PrivacyMasks = spec.PrivacyMasks,
        KeyFramesOnly = IsKeyFramesOnly(spec.Sampling),
        RtspTransport = Transport(spec),
        PaceFiles = true,
        LoopFiles = true,
        FfmpegPath = ffmpegPath,
    };

    private static bool IsKeyFramesOnly(SamplingSpec sampling) => sampling.Mode switch
    {
        SamplingMode.Auto => !sampling.SceneChange && Limits.KeyFrameIntervalMax.TotalSeconds * sampling.RatePerSecond <= 1,
        var mode => mode == SamplingMode.Keyframes,
    };

    private static RtspTransport Transport(CameraSpec spec) =>
        spec.Transport == CameraTransport.Udp ? RtspTransport.Udp : RtspTransport.Tcp;

    /// <summary>The stream is passed on as the camera sends it: nothing can be blackened in it.</summary>
    private static string? RefusalOf(CameraSpec spec) => spec.PrivacyMasks.Count == 0
        ? null
        : "The camera has privacy masks, which live video that is passed on would not have; its pictures are masked.";

    private static bool MaskedAlike(IReadOnlyList<MaskSpec> a, IReadOnlyList<MaskSpec> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => pair.First.Points.SequenceEqual(pair.Second.Points));

    /// <summary>The scene gate wants to see what happens between two ticks.</summary>
    private static TimeSpan FramePeriod(SamplingSpec sampling)
    {
        var rate = sampling.SceneChange ? Math.Max(sampling.RatePerSecond, VideoLimits.SceneFramesPerSecond) : sampling.RatePerSecond;
        return TimeSpan.FromSeconds(1 / rate);
    }

    private static TimeSpan SlowestPeriod(SamplingSpec sampling, FrameSourceOptions frameOptions)
    {
        var asked = TimeSpan.FromSeconds(1 / sampling.RatePerSecond);
        var slowest = frameOptions.KeyFramesOnly && Limits.KeyFrameIntervalMax > asked ? Limits.KeyFrameIntervalMax : asked;
        return slowest * Limits.StallPeriods > Limits.StallAfter ? slowest : TimeSpan.Zero;
    }

    /// <summary>Looks for the source at each opening.</summary>
    private sealed class LateSource(Func<IFrameSource> open) : IFrameSource
    {
        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var frame in open().ReadAsync(cancellationToken))
            {
                yield return frame;
            }
        }
    }
}
