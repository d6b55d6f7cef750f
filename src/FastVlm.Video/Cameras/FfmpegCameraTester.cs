using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Video.Cameras;

/// <summary>
/// Tries cameras: asks the source what it is, then reads one picture exactly as the pipeline would. At most
/// <see cref="VideoLimits.CameraTestsMax"/> at once; later ones wait their turn within the time that a test may take.
/// </summary>
public sealed class FfmpegCameraTester(CameraSources sources, IPictureEncoder encoder) : ICameraTester, IDisposable
{
    private readonly SemaphoreSlim turns = new(VideoLimits.CameraTestsMax);

    /// <inheritdoc/>
    public async Task<CameraTest> TestAsync(CameraSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(VideoLimits.CameraTestTimeout);
        var test = new CameraTest { Succeeded = false };
        try
        {
            await turns.WaitAsync(timeout.Token);
            try
            {
                var media = await sources.DescribeAsync(spec, timeout.Token);
                test = test with
                {
                    Codec = media.VideoCodec,
                    WidthPx = media.WidthPx,
                    HeightPx = media.HeightPx,
                    FramesPerSecond = media.FramesPerSecond,
                    Warnings = [.. CameraWarnings.For(spec, media)],
                };
                var frame = await sources.ReadOneAsync(spec, timeout.Token);
                return test with { Succeeded = true, Picture = encoder.EncodeJpeg(frame.Image, VideoLimits.PictureQuality) };
            }
            finally
            {
                turns.Release();
            }
        }
        catch (FailureException e)
        {
            return test with { Error = e.Message };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return test with
            {
                Error = $"The camera gave no picture within {VideoLimits.CameraTestTimeout.TotalSeconds:0} s; "
                    + "check the address, the network and the camera's key-frame interval.",
            };
        }
    }

    public void Dispose() => turns.Dispose();
}
