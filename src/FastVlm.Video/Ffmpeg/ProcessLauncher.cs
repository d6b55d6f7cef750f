using System.Collections.Concurrent;
using System.Diagnostics;

namespace FastVlm.Video.Ffmpeg;

/// <summary>
/// Starts child processes that the kernel kills when this process dies, however it dies (Linux, where setpriv of
/// util-linux is installed). Elsewhere a child notices at its next write, because its output pipe is broken.
/// </summary>
/// <remarks>
/// The kernel ties the parent-death signal to the <em>thread</em> that started the child. Pool threads end when idle,
/// so all children are started from one thread that lives as long as the process.
/// </remarks>
internal static class ProcessLauncher
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Requests = [];

    private static readonly Lazy<string?> SetPriv = new(() => OperatingSystem.IsLinux() ? ExternalProgram.TryFind("setpriv") : null);

    private static readonly Lazy<Thread> Launcher = new(() =>
    {
        var thread = new Thread(Launch) { IsBackground = true, Name = "process launcher" };
        thread.Start();
        return thread;
    });

    public static Task<Process> StartAsync(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };

        // FFREPORT would make ffmpeg write its log, with the URL, to a file.
        start.Environment.Remove("FFREPORT");
        start.FileName = SetPriv.Value ?? program;
        var all = SetPriv.Value is null ? arguments : ["--pdeathsig", "KILL", "--", program, .. arguments];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        _ = Launcher.Value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((start, started));
        return started.Task;
    }

    private static void Launch()
    {
        foreach (var (start, started) in Requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(e);
            }
        }
    }
}
