using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FastVlm.TestKit;

namespace FastVlm.Grains.Tests.Processes;

/// <summary>What a node told.</summary>
/// <param name="What">"ready", "state" or "event".</param>
/// <param name="At">When, in Unix microseconds.</param>
/// <param name="Who">A node or a camera.</param>
/// <param name="Detail">The state, or when the event was sent.</param>
internal sealed record Told(string What, long At, string Who, string Detail)
{
    /// <summary>Only of an event.</summary>
    public long SentAt => long.Parse(Detail, CultureInfo.InvariantCulture);
}

/// <summary>A running <see cref="NodeProgram"/>.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task reading;
    private readonly Task<string> errors;
    private bool isDisposed;

    private NodeProcess(string name, Process process)
    {
        (Name, this.process) = (name, process);
        reading = ReadAsync();
        errors = process.StandardError.ReadToEndAsync();
    }

    public string Name { get; }

    public int Id => process.Id;

    /// <summary>Everything it told, in order.</summary>
    public ConcurrentQueue<Told> Lines { get; } = [];

    public static NodeProcess Start(string name, string roles, int port, string database, TimeSpan within, string publishing = "")
    {
        string[] args =
            [NodeProgram.Name, name, roles, $"{port}", database, within.TotalSeconds.ToString(CultureInfo.InvariantCulture), publishing];
        return new NodeProcess(name, Process.Start(new ProcessStartInfo(Environment.ProcessPath!, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    public async Task<Told> SeesAsync(string who, string state, long after = 0)
    {
        var seen = (Told?)null;
        await TestTimeouts.UntilAsync(
            () => (seen = Lines.FirstOrDefault(t => t.What == "state" && t.Who == who && t.Detail == state && t.At >= after)) is not null,
            $"'{Name}' sees '{who}' as {state}");
        return seen!;
    }

    /// <summary>Waits until an event of each camera of a node arrived that was sent after a moment.</summary>
    public async Task<Told> HearsAsync(string node, int cameras, long sentAfter = 0)
    {
        var heard = new HashSet<string>();
        await TestTimeouts.UntilAsync(
            () =>
            {
                heard.UnionWith(Lines.Where(t => t.What == "event" && IsOf(t, node) && t.SentAt > sentAfter).Select(t => t.Who));
                return heard.Count == cameras;
            },
            $"'{Name}' hears {cameras} cameras of '{node}'");
        return Lines.Last(t => t.What == "event" && IsOf(t, node));
    }

    /// <summary>As the system does when memory runs out: no goodbye.</summary>
    public long Kill()
    {
        var at = NodeProgram.Now();
        process.Kill();
        return at;
    }

    public async Task<string> StopAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().Within($"the end of node '{Name}'");
        await reading;
        return await errors;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        process.Kill();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }

    private static bool IsOf(Told told, string node) => told.Who.StartsWith(node + "-", StringComparison.Ordinal);

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is [var what, var at, var who, var detail])
            {
                Lines.Enqueue(new Told(what, long.Parse(at, CultureInfo.InvariantCulture), who, detail));
            }
        }
    }
}
