using System.Diagnostics;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

/// <summary>What happens to ffmpeg when this process is killed without a chance to clean up.</summary>
public sealed class OrphanTests
{
    private const string Marker = "min(308/";
    private const string ClipVariable = "FASTVLM_TEST_CLIP";

    [Fact]
    public async Task No_ffmpeg_outlives_a_killed_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (
            string[])["-explicit", "only", "-method", $"{typeof(OrphanTests).FullName}.{nameof(Reads_until_it_is_killed)}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ClipVariable] = await TestFfmpeg.ClipAsync(
            "orphan.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-t", "4", "-c:v", "libx264");
        using var reader = Process.Start(start)!;
        await TestTimeouts.UntilAsync(() => ChildProcesses.WithCommandLine(Marker).Count > 0, "ffmpeg of the other process");
        var orphan = ChildProcesses.WithCommandLine(Marker).Keys.Max();

        reader.Kill();
        await reader.WaitForExitAsync(TestContext.Current.CancellationToken).Within("the kill");

        await TestTimeouts.UntilAsync(() => !Directory.Exists($"/proc/{orphan}"), "the end of the orphan");
    }

    /// <summary>The other process: started by the test above only.</summary>
    [Fact(Explicit = true)]
    public async Task Reads_until_it_is_killed()
    {
        var clip = Environment.GetEnvironmentVariable(ClipVariable);
        Assert.SkipWhen(clip is null, "Started by No_ffmpeg_outlives_a_killed_process.");
        var options = new FrameSourceOptions { FrameSidePxMax = 308, LoopFiles = true, PaceFiles = true };
        await foreach (var frame in FrameReading.Open(clip!, options).ReadAsync(TestContext.Current.CancellationToken))
        {
            Assert.NotNull(frame);
        }
    }
}
