using System.Diagnostics;
using FastVlm.TestKit;

namespace FastVlm.Grains.Tests.Processes;

/// <summary>
/// How long three nodes take to notice that one was killed, and how long live events pause; docs/adr/0011 has the figures.
/// <c>FastVlm.Grains.Tests measure ROUNDS BUSY QUIET-SECONDS</c>: BUSY loops keep that many cores busy; at the end nothing is
/// killed for QUIET-SECONDS, and nobody may be taken for dead.
/// </summary>
internal static class FailureMeasurement
{
    public const string Name = "measure";

    private static readonly string[] Names = ["line-1", "line-2", "line-3"];
    private const string Publishing = "100x5";
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(int rounds, int busy, int quietSeconds)
    {
        await using var database = await MiniPostgres.StartAsync();
        var loops = Enumerable.Range(0, busy).Select(_ => Process.Start("/bin/sh", ["-c", "while :; do :; done"])).ToArray();
        var nodes = Names.Select(name => Start(name, database)).ToArray();
        try
        {
            var figures = new List<(double Dead, double Pause)>();
            for (var round = 0; round < rounds; round++)
            {
                figures.Add(await KillOneAsync(nodes, round));
                nodes[round % nodes.Length] = Start(Names[round % nodes.Length], database);
            }

            Report("dead after", figures.Select(f => f.Dead));
            Report("pause of live events", figures.Select(f => f.Pause));
            await WatchQuietlyAsync(nodes, quietSeconds);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            Array.ForEach(loops, loop => loop.Kill());
        }

        return 0;
    }

    /// <summary>Each in turn, so that queues, readers and subscriptions have moved around.</summary>
    private static async Task<(double Dead, double Pause)> KillOneAsync(NodeProcess[] nodes, int round)
    {
        var victim = nodes[round % nodes.Length];
        var survivors = nodes.Where(node => node != victim).ToArray();
        await SeeEachOtherAsync(nodes);
        await DelayAsync(TimeSpan.FromSeconds(8 + round * 0.137));
        Latency(survivors, NodeProgram.Now() - 4_000_000);
        var killed = victim.Kill();
        var seen = await Task.WhenAll(survivors.Select(s => s.SeesAsync(victim.Name, "Dead", killed)));
        await DelayAsync(Watched);
        await victim.DisposeAsync();
        var dead = seen.Max(t => t.At - killed) / 1e6;
        var pause = survivors.Max(s => LongestPause(s, survivors, killed)) / 1e6;
        Console.WriteLine($"round {round + 1}, {victim.Name}: dead after {dead:0.00} s, longest pause of a camera {pause:0.00} s, "
            + $"out of order {survivors.Sum(s => OutOfOrder(s, survivors, killed))}, "
            + $"lost {survivors.Sum(s => Lost(s, survivors, killed))}");
        return (dead, pause);
    }

    private static async Task SeeEachOtherAsync(NodeProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var other in nodes.Where(other => other != node))
            {
                await TestTimeouts.UntilAsync(
                    () => node.Lines.LastOrDefault(t => t.What == "state" && t.Who == other.Name)?.Detail == "Live",
                    $"'{node.Name}' sees '{other.Name}' live");
            }
        }
    }

    private static async Task WatchQuietlyAsync(NodeProcess[] nodes, int seconds)
    {
        await SeeEachOtherAsync(nodes);
        await DelayAsync(TimeSpan.FromSeconds(3));
        var from = NodeProgram.Now();
        await DelayAsync(TimeSpan.FromSeconds(seconds));
        var wrong = nodes.SelectMany(s => s.Lines).Where(t => t.What == "state" && t.At > from).ToArray();
        Console.WriteLine($"{seconds} s without a failure: {wrong.Length} changes of state {string.Join("; ", wrong.AsEnumerable())}");
        Latency(nodes, from);
        var stopped = NodeProgram.Now();
        var stopping = nodes[^1].StopAsync();
        foreach (var state in new[] { "ShuttingDown", "Dead" })
        {
            var seen = await Task.WhenAll(nodes[..^1].Select(s => s.SeesAsync(nodes[^1].Name, state, stopped)));
            Console.WriteLine($"clean shutdown: {state} seen after {seen.Max(t => t.At - stopped) / 1e6:0.00} s");
        }

        await stopping;
    }

    private static void Latency(NodeProcess[] nodes, long from)
    {
        foreach (var node in nodes)
        {
            var latencies = node.Lines.Where(t => t.What == "event" && t.At > from)
                .Select(t => (t.At - t.SentAt) / 1e3).Order().ToArray();
            Console.WriteLine(latencies.Length == 0
                ? $"  {node.Name}: no events"
                : $"  {node.Name}: {latencies.Length} events, latency median {latencies[latencies.Length / 2]:0} ms, "
                    + $"p95 {latencies[latencies.Length * 95 / 100]:0} ms, max {latencies[^1]:0} ms");
        }
    }

    /// <summary>Of a camera of a surviving node, at this node, in microseconds.</summary>
    private static long LongestPause(NodeProcess node, NodeProcess[] survivors, long killed) =>
        Cameras(node, survivors, killed).Max(camera =>
        {
            var times = camera.Select(t => t.At).Append(killed + (long)Watched.TotalMicroseconds);
            return times.Zip(times.Skip(1), (a, b) => b - a).Max();
        });

    private static int OutOfOrder(NodeProcess node, NodeProcess[] survivors, long killed) =>
        Cameras(node, survivors, killed).Sum(camera => camera.Zip(camera.Skip(1)).Count(pair => pair.Second.SentAt < pair.First.SentAt));

    /// <summary>Events that were published and did not arrive: a round comes every 100 ms.</summary>
    private static int Lost(NodeProcess node, NodeProcess[] survivors, long killed) =>
        Cameras(node, survivors, killed).Sum(camera =>
        {
            var sent = camera.Select(t => t.SentAt).Order().ToArray();
            return sent.Zip(sent.Skip(1), (a, b) => Math.Max(0, (int)((b - a + 50_000) / 100_000) - 1)).Sum();
        });

    private static IEnumerable<Told[]> Cameras(NodeProcess node, NodeProcess[] survivors, long killed) => node.Lines
        .Where(t => t.What == "event" && t.SentAt > killed - 2_000_000)
        .Where(t => survivors.Any(s => t.Who.StartsWith(s.Name, StringComparison.Ordinal)))
        .GroupBy(t => t.Who).Select(g => g.ToArray());

    private static void Report(string what, IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length > 0)
        {
            Console.WriteLine($"{what}: median {sorted[sorted.Length / 2]:0.00} s, max {sorted[^1]:0.00} s ({sorted.Length} times)");
        }
    }

    private static Task DelayAsync(TimeSpan delay) => Task.Delay(delay, TimeProvider.System);

    private static NodeProcess Start(string name, MiniPostgres database) =>
        NodeProcess.Start(name, "camera,gpu,web", NodeCluster.FreePort(), database.ConnectionString, Within, Publishing);
}
