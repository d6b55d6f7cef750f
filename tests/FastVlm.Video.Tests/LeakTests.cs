using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

/// <summary>Runs alone: it counts what the whole process holds.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    /// <summary>A camera that fails every 30 s opens 2,880 times a day: each life must give back everything.</summary>
    [Fact]
    public async Task Many_lives_leave_no_descriptor_and_no_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Counts in /proc.");
        var clip = await TestFfmpeg.ClipAsync("leak.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-t", "0.3", "-c:v", "libx264");
        await LiveAsync(clip, lives: 3);
        var before = OpenDescriptors();

        await LiveAsync(clip, lives: 25);

        Assert.InRange(OpenDescriptors(), 0, before + 4);
        Assert.Empty(ChildProcesses.WithCommandLine("ffmpeg"));
    }

    private static async Task LiveAsync(string clip, int lives)
    {
        for (var i = 0; i < lives; i++)
        {
            // Half of the lives end by themselves, half are broken off.
            Assert.Equal(i % 2 == 0 ? 3 : 1, (await FrameReading.Open(clip).TakeAsync(i % 2 == 0 ? 9 : 1)).Count);
        }
    }

    private static int OpenDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
