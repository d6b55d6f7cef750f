using System.Diagnostics;
using System.Globalization;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

/// <summary>gst-rtsp-server as a child process: a camera whose RTSP is not written by us.</summary>
internal sealed class GstRtspServer : IDisposable
{
    /// <summary>Debian's, which knows python3-gi; a Python from elsewhere on the PATH does not.</summary>
    private const string Python = "/usr/bin/python3";

    private const string Packages =
        "python3 gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad";

    private static readonly Lazy<Task<bool>> Installed = new(IsInstalledAsync);

    private readonly Process process;

    private GstRtspServer(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task SkipUnlessInstalledAsync() => Assert.SkipUnless(
        await Installed.Value, $"gst-rtsp-server is not installed; on Debian: apt-get install -y --no-install-recommends {Packages}");

    /// <param name="credentials">"user:password:basic" or "…:digest"; null asks for none.</param>
    public static async Task<GstRtspServer> StartAsync(string? credentials)
    {
        var clip = await TestFfmpeg.ClipAsync(
            "delimited.h264", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10", "-t", "4", "-c:v", "libx264", "-preset", "ultrafast",
            "-bf", "0", "-g", "10", "-x264-params", "aud=1", "-pix_fmt", "yuv420p", "-f", "h264");
        var script = Path.Combine(AppContext.BaseDirectory, "gst_rtsp_server.py");
        var process = Run([script, clip, "10", .. credentials is null ? (string[])[] : [credentials]]);
        var line = await process.StandardOutput.ReadLineAsync().Within("gst-rtsp-server's port");
        return new GstRtspServer(process, int.Parse(line!["ready ".Length..], CultureInfo.InvariantCulture));
    }

    public string Url(string userInfo = "") => $"rtsp://{userInfo}127.0.0.1:{Port}/cam";

    /// <summary>STOP freezes the server with its connections open, CONT wakes it up.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().Within("kill");
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static async Task<bool> IsInstalledAsync()
    {
        if (!File.Exists(Python))
        {
            return false;
        }

        using var process = Run(["-c", "import gi; [gi.require_version(n, '1.0') for n in ('Gst', 'GstApp', 'GstRtsp', 'GstRtspServer')]"]);
        await process.WaitForExitAsync().Within("python");
        return process.ExitCode == 0;
    }

    private static Process Run(string[] arguments)
    {
        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
