using System.Diagnostics;
using System.Text.Json;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>The real <c>fastvlm</c> program, started as users start it.</summary>
internal sealed class FastVlmProcess : IAsyncDisposable
{
    // Its own build output: beside the tests lie what the tests share with ASP.NET Core, not what the program ships.
    private static readonly string Executable = FindExecutable();

    // What the machine sets for its own downloads must not reach a test's loopback server.
    private static readonly string[] Inherited =
        ["HF_ENDPOINT", "HF_TOKEN", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task<string> _error;

    private FastVlmProcess(Process process)
    {
        _process = process;
        _output = ReadLinesAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts it with <c>FASTVLM_HOME</c> and further variables.</summary>
    public static FastVlmProcess Start(string home, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = home,
        };
        foreach (var inherited in Inherited)
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["FASTVLM_HOME"] = home;
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new FastVlmProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<CommandResult> RunAsync(string home, string[] arguments, params (string Name, string Value)[] variables)
    {
        await using var process = Start(home, arguments, variables);
        return await process.EndAsync();
    }

    /// <summary>The first JSON line that fits, or the first after another one.</summary>
    public async Task<JsonElement> WaitForAsync(Predicate<JsonElement> fits, Predicate<JsonElement>? after = null)
    {
        var isAfter = after is null;
        var line = await WaitForLineAsync(text =>
        {
            var json = JsonSerializer.Deserialize<JsonElement>(text);
            var found = isAfter && fits(json);
            isAfter = isAfter || after!(json);
            return found;
        });
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    /// <summary>The first line of stdout that fits.</summary>
    public async Task<string> WaitForLineAsync(Predicate<string> fits)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TestTimeouts.Default);
        for (var next = 0; ; next++)
        {
            if (await LineAsync(next, timeout.Token) is var line && fits(line))
            {
                return line;
            }
        }
    }

    public Task<JsonElement> WaitForTypeAsync(string type) => WaitForAsync(line => line.GetProperty("type").GetString() == type);

    /// <summary>Sends a signal as a shell would: INT, TERM, KILL.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<CommandResult> EndAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TestTimeouts.Default);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await _output.WaitAsync(timeout.Token);
            return new CommandResult(_process.ExitCode, Seen(), await _error.WaitAsync(timeout.Token));
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"fastvlm did not end within {TestTimeouts.Default.TotalSeconds} s; it said:\n{string.Join('\n', Seen())}\n{await _error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _output;
        _process.Dispose();
    }

    // artifacts/bin/FastVlm.Embedded.Tests/debug → artifacts/bin/FastVlm.Embedded/debug
    private static string FindExecutable()
    {
        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var name = OperatingSystem.IsWindows() ? "fastvlm.exe" : "fastvlm";
        return Path.Combine(here.Parent!.Parent!.FullName, "FastVlm.Embedded", here.Name, name);
    }

    private async Task ReadLinesAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                _changed.TrySetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private async Task<string> LineAsync(int index, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (line, changed) = LineAt(index);
            if (line is not null)
            {
                return line;
            }

            if (_output.IsCompleted && LineAt(index).Line is null)
            {
                throw new InvalidOperationException($"The program ended after {index} lines without one that fits: {await _error}");
            }

            try
            {
                await Task.WhenAny(changed, _output).WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"Nothing that fits came within {TestTimeouts.Default.TotalSeconds} s; seen:\n{string.Join('\n', Seen())}");
            }
        }
    }

    private (string? Line, Task Changed) LineAt(int index)
    {
        lock (_lines)
        {
            return (index < _lines.Count ? _lines[index] : null, _changed.Task);
        }
    }

    private string[] Seen()
    {
        lock (_lines)
        {
            return [.. _lines];
        }
    }
}

/// <summary>What a run left behind.</summary>
internal sealed record CommandResult(int ExitCode, IReadOnlyList<string> Lines, string Error)
{
    /// <summary>stdout as JSON lines; fails where a line is not JSON.</summary>
    public IReadOnlyList<JsonElement> Events => [.. Lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    public JsonElement Event(string type) =>
        Events.FirstOrDefault(line => line.GetProperty("type").GetString() == type) is { ValueKind: JsonValueKind.Object } found
            ? found
            : throw new InvalidOperationException($"No line of type '{type}'; there is:\n{string.Join('\n', Lines)}\n{Error}");

    /// <summary>Both ends of the contract: the code, and a sentence that names what is wrong.</summary>
    public void AssertFailed(Pipeline.FailureKind kind, string named)
    {
        Assert.True((int)kind == ExitCode, $"Exit code {ExitCode} instead of {(int)kind} ({kind}): {Error}");
        Assert.Contains(named, Error, StringComparison.Ordinal);
        var sentence = Assert.Single(
            Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("fastvlm: ", StringComparison.Ordinal));
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
    }

    public void AssertSucceeded() => Assert.True(ExitCode == 0, $"Exit code {ExitCode}: {Error}\n{string.Join('\n', Lines)}");
}
