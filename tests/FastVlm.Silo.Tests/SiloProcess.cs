using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastVlm.TestKit;

namespace FastVlm.Silo.Tests;

/// <summary>The real <c>fastvlm-silo</c> program, started as users start it; its log goes to a file.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _log;
    private readonly Task _logging;

    private SiloProcess(Process process, string log)
    {
        _process = process;
        _log = log;
        _logging = CopyAsync(process.StandardError, log);
    }

    public int Id => _process.Id;

    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    public static SiloProcess Start(string[] arguments, string folder, string log)
    {
        var start = new ProcessStartInfo(FindProgram("FastVlm.Silo", "fastvlm-silo"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder,
        };
        return new SiloProcess(Process.Start(start)!, log);
    }

    /// <summary>artifacts/bin/FastVlm.Silo.Tests/release → artifacts/bin/PROJECT/release/PROGRAM.</summary>
    public static string FindProgram(string project, string program)
    {
        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, program);
    }

    /// <summary>Waits until it is part of the cluster and answers.</summary>
    /// <returns>Where.</returns>
    public async Task<Uri> UpAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().Within("a node to be up")
            ?? throw new InvalidOperationException($"The node ended before it was up: {Log}");
        return new Uri(JsonSerializer.Deserialize<JsonElement>(line).GetProperty("addresses")[0].GetString()!);
    }

    /// <summary>Sends a signal as a shell would: TERM, KILL, STOP, CONT.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().Within("a node to end");
        await _logging;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _logging;
        _process.Dispose();
    }

    private static async Task CopyAsync(StreamReader from, string path)
    {
        await using var to = new StreamWriter(path, append: true) { AutoFlush = true };
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
        }
    }
}
