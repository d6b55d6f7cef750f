using System.Diagnostics;
using System.Globalization;

namespace FastVlm.Grains.Tests.Processes;

/// <summary>
/// How long three nodes take to notice that one was killed, and how long live events pause; docs/adr/0011 has the figures.
/// <c>FastVlm.Grains.Tests measure ROUNDS BUSY QUIET-SECONDS</c>: BUSY loops keep that many cores busy; at the end nothing is
/// killed for QUIET-SECONDS, and nobody may be taken for dead.
/// </summary>
internal static class FailureMeasurement
{
    public const string Name = "measure";

    private const string Publishing = "100x20";
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(int rounds, int busy, int quietSeconds)
    {
        await using var database = await MiniPostgres.StartAsync();
        var loops = Enumerable.Range(0, busy).Select(_ => Process.Start("/bin/sh", ["-c", "while :; do :; done"])).ToArray();
        try
        {
            await using var web = Start("web-1", "web", database);
            await using var line = Start("line-1", "camera,gpu,web", database);
            NodeProcess[] survivors = [web, line];
            var figures = new List<(double Dead, double Gap)>();
            for (var round = 0; round < rounds; round++)
            {
                await using var victim = Start("line-2", "camera,gpu,web", database);
                var started = NodeProgram.Now();
                await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-2", "Live", started - 1)));
                await DelayAsync(TimeSpan.FromSeconds(8 + round * 0.137));
                Latency(survivors, NodeProgram.Now() - 4_000_000);
                var killed = victim.Kill();
                var seen = await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-2", "Dead", killed)));
                await DelayAsync(Watched);
                var dead = seen.Max(t => t.At - killed) / 1e6;
                var gap = survivors.Max(s => LongestGap(s, killed)) / 1e6;
                figures.Add((dead, gap));
                Console.WriteLine($"round {round + 1}: dead after {dead:0.00} s, longest pause of a camera {gap:0.00} s, "
                    + $"out of order {survivors.Sum(OutOfOrder)}, lost {survivors.Sum(s => Lost(s, killed))}");
            }

            Report("dead after", figures.Select(f => f.Dead));
            Report("pause of live events", figures.Select(f => f.Gap));
            await WatchQuietlyAsync(survivors, database, quietSeconds);
        }
        finally
        {
            Array.ForEach(loops, loop => loop.Kill());
        }

        return 0;
    }

    private static async Task WatchQuietlyAsync(NodeProcess[] survivors, MiniPostgres database, int seconds)
    {
        await using var third = Start("line-2", "camera,gpu,web", database);
        var started = NodeProgram.Now();
        await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-2", "Live", started - 1)));
        var from = NodeProgram.Now();
        await DelayAsync(TimeSpan.FromSeconds(seconds));
        var wrong = survivors.Append(third).SelectMany(s => s.Lines).Count(t => t.What == "state" && t.At > from);
        Console.WriteLine($"{seconds} s without a failure: {wrong} changes of state");
        Latency(survivors, from);
        var stopped = NodeProgram.Now();
        var stopping = third.StopAsync();
        var seen = await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-2", "ShuttingDown", stopped)));
        Console.WriteLine($"clean shutdown seen after {seen.Max(t => t.At - stopped) / 1e6:0.00} s");
        await stopping;
        var dead = await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-2", "Dead", stopped)));
        Console.WriteLine($"its end seen after {dead.Max(t => t.At - stopped) / 1e6:0.00} s");
    }

    private static void Latency(NodeProcess[] nodes, long from)
    {
        foreach (var node in nodes)
        {
            var latencies = node.Lines.Where(t => t.What == "event" && t.At > from)
                .Select(t => (t.At - Sent(t)) / 1e3).Order().ToArray();
            Console.WriteLine(latencies.Length == 0
                ? $"  {node.Name}: no events"
                : $"  {node.Name}: {latencies.Length} events, latency median {latencies[latencies.Length / 2]:0} ms, "
                    + $"p95 {latencies[latencies.Length * 95 / 100]:0} ms, max {latencies[^1]:0} ms");
        }
    }

    /// <summary>Of a camera of a surviving node, at this node, in microseconds.</summary>
    private static long LongestGap(NodeProcess node, long killed) =>
        Cameras(node).Max(camera =>
        {
            var times = camera.Select(t => t.At).Where(at => at > killed - 2_000_000 && at < killed + (long)Watched.TotalMicroseconds).ToArray();
            return times.Zip(times.Skip(1), (a, b) => b - a).Append((long)Watched.TotalMicroseconds - ((times.LastOrDefault() is var l ? l : 0) - killed)).Max();
        });

    private static int OutOfOrder(NodeProcess node) =>
        Cameras(node).Sum(camera => camera.Zip(camera.Skip(1)).Count(pair => Sent(pair.Second) < Sent(pair.First)));

    /// <summary>Rounds of publishing that did not arrive.</summary>
    private static int Lost(NodeProcess node, long killed) =>
        Cameras(node).Sum(camera => camera.Select(Sent).Where(sent => sent > killed - 2_000_000).Order()
            .Zip(camera.Select(Sent).Where(sent => sent > killed - 2_000_000).Order().Skip(1), (a, b) => (int)((b - a + 50_000) / 100_000) - 1)
            .Sum(n => Math.Max(0, n)));

    private static IEnumerable<Told[]> Cameras(NodeProcess node) =>
        node.Lines.Where(t => t.What == "event" && !t.Who.StartsWith("line-2", StringComparison.Ordinal)).GroupBy(t => t.Who).Select(g => g.ToArray());

    private static long Sent(Told told) => long.Parse(told.Detail, CultureInfo.InvariantCulture);

    private static void Report(string what, IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length > 0)
        {
            Console.WriteLine($"{what}: median {sorted[sorted.Length / 2]:0.00} s, max {sorted[^1]:0.00} s ({sorted.Length} times)");
        }
    }

    private static Task DelayAsync(TimeSpan delay) => Task.Delay(delay, TimeProvider.System);

    private static NodeProcess Start(string name, string roles, MiniPostgres database) =>
        NodeProcess.Start(name, roles, NodeCluster.FreePort(), database.ConnectionString, Within, Publishing);
}
