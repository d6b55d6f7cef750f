using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Silo.Simulation;

/// <summary>The cameras as one node reads them. Their pictures go by the simulated time, whoever reads them.</summary>
internal sealed class SimulatedCameras(SimulatedStory story, LookLedger ledger, NodeClock clock) : ICameraSources, ILiveVideo
{
    public CameraSource Create(CameraId id, CameraSpec spec) =>
        new(new Source(SimulatedStory.NumberOf(id), story, ledger, clock), new CameraFeedOptions { IsLive = true });

    public bool ReadAlike(CameraSpec before, CameraSpec after) => before.Url == after.Url;

    public void Forget(CameraId id)
    {
    }

    public Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken) =>
        Task.FromResult<LiveVideoFile?>(null);

    private sealed class Source(int camera, SimulatedStory story, LookLedger ledger, NodeClock clock) : IFrameSource
    {
        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            ledger.Opened(camera);
            for (var index = 0L; ; index++)
            {
                var now = clock.GetUtcNow();
                var (look, at) = story.NextLook(camera, now);

                // Waits are whole milliseconds, and must not end before the look.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((at - now).TotalMilliseconds)), clock, cancellationToken);
                ledger.Captured(camera);
                yield return story.Frame(camera, look, index, clock.GetUtcNow());
            }
        }
    }
}

/// <summary>Pictures of a few pixels travel as they are: their size stands before them.</summary>
internal sealed class SimulatedPictures : IPictureEncoder, IPictureDecoder
{
    private const int HeaderBytes = 2;

    public byte[] EncodeJpeg(RgbImage image, int quality) => [(byte)image.WidthPx, (byte)image.HeightPx, .. image.Pixels];

    public RgbImage DecodeJpeg(ReadOnlySpan<byte> jpeg) => new(jpeg[0], jpeg[1], jpeg[HeaderBytes..].ToArray());
}
