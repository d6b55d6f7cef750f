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
    private static readonly BlockingCollection<Request> Requests = [];

    private static readonly Lazy<Thread> Launcher = new(() =>
    {
        var thread = new Thread(Launch) { IsBackground = true, Name = "process launcher" };
        thread.Start();
        return thread;
    });

    public static Task<Process> StartAsync(string program, IEnumerable<string> arguments)
    {
        _ = Launcher.Value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add(new Request(program, [.. arguments], started));
        return started.Task;
    }

    private static void Launch()
    {
        var guard = FindGuard();
        foreach (var request in Requests.GetConsumingEnumerable())
        {
            try
            {
                request.Started.SetResult(Process.Start(StartOf(request, guard))!);
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
            {
                request.Started.SetException(e);
            }
        }
    }

    private static ProcessStartInfo StartOf(Request request, string? guard)
    {
        var start = Redirected(guard ?? request.Program);
        foreach (var argument in guard is null ? request.Arguments : ["--pdeathsig", "KILL", "--", request.Program, .. request.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        // FFREPORT would make ffmpeg write its log, with the URL, to a file.
        start.Environment.Remove("FFREPORT");
        return start;
    }

    /// <summary>util-linux' setpriv; not BusyBox's, which has the name but not the option.</summary>
    private static string? FindGuard()
    {
        if (!OperatingSystem.IsLinux() || ExternalProgram.TryFind("setpriv") is not { } path)
        {
            return null;
        }

        var start = Redirected(path);
        start.ArgumentList.Add("--help");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var help = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return help.Contains("--pdeathsig", StringComparison.Ordinal) ? path : null;
    }

    private static ProcessStartInfo Redirected(string program) => new(program)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
        CreateNoWindow = true,
    };

    private sealed record Request(string Program, IReadOnlyList<string> Arguments, TaskCompletionSource<Process> Started);
}
