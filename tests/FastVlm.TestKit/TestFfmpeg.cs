using System.Collections.Concurrent;
using System.Diagnostics;

namespace FastVlm.TestKit;

/// <summary>Makes clips and pictures with the real ffmpeg; each kind of clip is made once per test run.</summary>
public static class TestFfmpeg
{
    private static readonly TempDirectory Clips = CreateClips();
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Made = new();

    /// <summary>An Annex B stream of a moving test picture without B frames, with a key frame each second.</summary>
    /// <param name="codec">"h264" or "hevc".</param>
    /// <param name="size">E.g. "640x360".</param>
    /// <param name="framesPerSecond">Frames per second.</param>
    /// <param name="seconds">Length.</param>
    public static Task<string> AnnexBAsync(string codec, string size = "320x180", int framesPerSecond = 10, int seconds = 4)
    {
        string[] encoder = codec == "h264"
            ? ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", $"{framesPerSecond}", "-f", "h264"]
            : ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                $"bframes=0:keyint={framesPerSecond}:log-level=error", "-f", "hevc"];
        return ClipAsync(
            $"{codec}-{size}-{framesPerSecond}-{seconds}.{codec}",
            ["-f", "lavfi", "-i", $"testsrc2=s={size}:r={framesPerSecond}", "-t", $"{seconds}", "-pix_fmt", "yuv420p", .. encoder]);
    }

    /// <summary>Makes a file by the given ffmpeg arguments unless this run has made it already.</summary>
    public static Task<string> ClipAsync(string name, params string[] arguments) =>
        Made.GetOrAdd(name, _ => new Lazy<Task<string>>(async () =>
        {
            var path = Clips.File(name);
            await RunAsync([.. arguments, path]);
            return path;
        })).Value;

    /// <summary>Runs ffmpeg with the given arguments; fails with its log where it fails.</summary>
    public static async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["-hide_banner", "-loglevel", "error", "-nostdin", "-y", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = StartOrExplain(start);
        var log = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Within("ffmpeg making a test clip");
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)} failed:\n{log}");
        }
    }

    private static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException(
                "The tests need ffmpeg: ./test installs it; by hand: apt-get install -y --no-install-recommends ffmpeg", e);
        }
    }

    private static TempDirectory CreateClips()
    {
        var directory = new TempDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Dispose();
        return directory;
    }
}
