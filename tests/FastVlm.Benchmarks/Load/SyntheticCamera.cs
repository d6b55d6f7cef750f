using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Benchmarks.Load;

/// <summary>
/// Frames at a camera's rate and size without a camera: each is new memory with pixels copied into it, as the reader of
/// ffmpeg's pipe makes them. The pictures differ by noise and are never equal, so that nothing looks frozen.
/// </summary>
internal sealed class SyntheticCamera(CameraId cameraId, int number, LoadPlan plan, TimeProvider timeProvider) : IFrameSource
{
    private const int PictureCount = 4;

    private static byte[][]? _pictures;

    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pictures = LazyInitializer.EnsureInitialized(ref _pictures, () => Draw(plan));
        var period = TimeSpan.FromSeconds(1 / plan.FramesPerSecond);
        // Cameras are not in step with each other.
        await Task.Delay(period * ((double)number / plan.Cameras), timeProvider, cancellationToken);
        using var timer = new PeriodicTimer(period, timeProvider);
        for (long index = 0; await timer.WaitForNextTickAsync(cancellationToken); index++)
        {
            var pixels = GC.AllocateUninitializedArray<byte>(plan.WidthPx * plan.HeightPx * 3);
            pictures[index % PictureCount].CopyTo(pixels, 0);
            BitConverter.TryWriteBytes(pixels, index);
            yield return new Frame
            {
                CameraId = cameraId,
                Index = index,
                CapturedAt = timeProvider.GetUtcNow(),
                MediaTime = index * period,
                Image = new RgbImage(plan.WidthPx, plan.HeightPx, pixels),
            };
        }
    }

    private static byte[][] Draw(LoadPlan plan) => [.. Enumerable.Range(0, PictureCount).Select(seed =>
    {
        var random = new Random(seed);
        var pixels = new byte[plan.WidthPx * plan.HeightPx * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(40 + i / 3 % plan.WidthPx * 160 / plan.WidthPx + random.Next(8));
        return pixels;
    })];
}
