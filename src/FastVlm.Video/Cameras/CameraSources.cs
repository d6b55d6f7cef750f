using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using Microsoft.Extensions.Logging;

namespace FastVlm.Video.Cameras;

/// <summary>How to read and supervise a camera.</summary>
/// <param name="Frames">Opens nothing before it is enumerated; an address that leads nowhere fails then, and is tried again.</param>
/// <param name="Feed">For the <see cref="CameraFeed"/>; add what the host wants to be told.</param>
public sealed record CameraSource(IFrameSource Frames, CameraFeedOptions Feed);

/// <summary>
/// Makes frame sources from cameras as users write them. Knows the places, the model's input size and ffmpeg; one for all
/// cameras of the platform.
/// </summary>
public sealed class CameraSources
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

    /// <summary>Never fails: what is wrong with the address is told when the frames are read.</summary>
    public CameraSource Create(CameraId cameraId, CameraSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var options = FrameOptions(spec);
        return new CameraSource(
            new LateSource(() => FrameSources.Create(cameraId, places.Find(spec), options, timeProvider, logger)),
            new CameraFeedOptions { IsLive = true, SlowestPeriod = SlowestPeriod(spec.Sampling, options) });
    }

    /// <summary>
    /// True where two specifications read the camera alike, so that the change from one to the other needs no new connection:
    /// <see cref="FramePipeline.Options"/> carries the rest.
    /// </summary>
    public bool ReadAlike(CameraSpec a, CameraSpec b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var (first, second) = (FrameOptions(a), FrameOptions(b));
        return a.Url.Equals(b.Url)
            && a.Credentials == b.Credentials
            && first == second
            && SlowestPeriod(a.Sampling, first) == SlowestPeriod(b.Sampling, second);
    }

    private FrameSourceOptions FrameOptions(CameraSpec spec) => new()
    {
        FrameSidePxMax = spec.ResolutionPx ?? modelInputSizePx,
        FramePeriod = FramePeriod(spec.Sampling),
        KeyFramesOnly = spec.Sampling.Mode == SamplingMode.Keyframes,
        RtspTransport = spec.Transport == CameraTransport.Udp ? RtspTransport.Udp : RtspTransport.Tcp,
        PaceFiles = true,
        LoopFiles = true,
        FfmpegPath = ffmpegPath,
    };

    /// <summary>The scene gate wants to see what happens between two ticks.</summary>
    private static TimeSpan FramePeriod(SamplingSpec sampling)
    {
        var rate = sampling.SceneChange ? Math.Max(sampling.RatePerSecond, VideoLimits.SceneFramesPerSecond) : sampling.RatePerSecond;
        return TimeSpan.FromSeconds(1 / rate);
    }

    private static TimeSpan SlowestPeriod(SamplingSpec sampling, FrameSourceOptions options)
    {
        var asked = TimeSpan.FromSeconds(1 / sampling.RatePerSecond);
        var slowest = options.KeyFramesOnly && Limits.KeyFrameIntervalMax > asked ? Limits.KeyFrameIntervalMax : asked;
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
