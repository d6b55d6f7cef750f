using System.Runtime.CompilerServices;
using FastVlm.Benchmarks.Load;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Silo.Simulation;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>
/// Cameras that show their next picture as soon as the one before it is stored and the rate allows it: together they always ask
/// for more looks than can be had, and no frame is made in vain.
/// </summary>
internal sealed class SaturatingCameras(LoadPlan plan, TimeProvider timeProvider) : ICameraSources, ILiveVideo
{
    // A look that was refused is never stored.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim[] _stored = [.. Enumerable.Range(0, plan.Cameras).Select(_ => new SemaphoreSlim(1))];
    private long _captions;

    public long Captions => Interlocked.Read(ref _captions);

    public void Stored(int camera)
    {
        Interlocked.Increment(ref _captions);
        _stored[camera].Release();
    }

    public CameraSource Create(CameraId id, CameraSpec spec) =>
        new(new Source(id, _stored[SimulatedStory.NumberOf(id)], plan, timeProvider), new CameraFeedOptions { IsLive = true });

    public bool ReadAlike(CameraSpec before, CameraSpec after) => true;

    public void Forget(CameraId id)
    {
    }

    public Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken) =>
        Task.FromResult<LiveVideoFile?>(null);

    private sealed class Source(CameraId id, SemaphoreSlim stored, LoadPlan plan, TimeProvider timeProvider) : IFrameSource
    {
        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var period = TimeSpan.FromSeconds(1 / plan.LooksPerSecond);
            for (long index = 0; ; index++)
            {
                await stored.WaitAsync(Patience, cancellationToken);
                var pixels = GC.AllocateUninitializedArray<byte>(plan.WidthPx * plan.HeightPx * 3);
                Array.Fill(pixels, (byte)120);
                BitConverter.TryWriteBytes(pixels, index);
                var captured = timeProvider.GetTimestamp();
                yield return new Frame
                {
                    CameraId = id,
                    Index = index,
                    CapturedAt = timeProvider.GetUtcNow(),
                    Image = new RgbImage(plan.WidthPx, plan.HeightPx, pixels),
                };
                if (period - timeProvider.GetElapsedTime(captured) is var rest && rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, timeProvider, cancellationToken);
                }
            }
        }
    }
}
