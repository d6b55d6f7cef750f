using System.Diagnostics;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Video.Tests;

/// <summary>What happens to ffmpeg when this process is killed without a chance to clean up.</summary>
public sealed class OrphanTests
{
    private const string Marker = "min(308/";
    private const string SourceVariable = "FASTVLM_TEST_ORPHAN_SOURCE";

    /// <summary>
    /// The camera is frozen, so that ffmpeg writes nothing and cannot notice its broken pipe: by its own socket timeout it
    /// would live on for 10 s and more.
    /// </summary>
    [Fact]
    public async Task No_ffmpeg_outlives_a_killed_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        using var reader = StartReader(server.Url);
        await server.Requests.WaitForAsync(r => r == "PLAY 200", "the other process playing");
        server.Freeze();
        var orphan = Assert.Single(ChildProcesses.WithCommandLine(Marker)).Key;

        reader.Kill();
        var start = TimeProvider.System.GetTimestamp();
        await reader.WaitForExitAsync(TestContext.Current.CancellationToken).Within("the kill");
        await TestTimeouts.UntilAsync(() => !Directory.Exists($"/proc/{orphan}"), "the end of the orphan");

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    /// <summary>The other process: started by the test above only.</summary>
    [Fact(Explicit = true)]
    public async Task Reads_until_it_is_killed()
    {
        var source = Environment.GetEnvironmentVariable(SourceVariable);
        Assert.SkipWhen(source is null, "Started by No_ffmpeg_outlives_a_killed_process.");
        var frames = FrameReading.Open(source!, new() { FrameSidePxMax = 308 });
        await foreach (var frame in frames.ReadAsync(TestContext.Current.CancellationToken))
        {
            Assert.NotNull(frame);
        }
    }

    private static Process StartReader(string source)
    {
        string[] arguments = ["-explicit", "only", "-method", $"{typeof(OrphanTests).FullName}.{nameof(Reads_until_it_is_killed)}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments);
        start.Environment[SourceVariable] = source;
        return Process.Start(start)!;
    }
}
