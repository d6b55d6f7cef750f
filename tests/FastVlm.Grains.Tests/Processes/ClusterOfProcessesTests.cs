namespace FastVlm.Grains.Tests.Processes;

[Trait("needs", "postgres")]
public sealed class ClusterOfProcessesTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_killed_node_is_seen_dead_in_time_and_live_events_go_on()
    {
        Assert.SkipWhen(MiniPostgres.Programs is null, "PostgreSQL is not installed.");
        await using var database = await MiniPostgres.StartAsync();
        await using var web = Start("web-1", "web", database, "200x20");
        await using var line1 = Start("line-1", "camera,gpu,web", database, "200x20");
        await using var line2 = Start("line-2", "camera,gpu,web", database, "200x20");
        foreach (var (who, other) in new[] { (web, "line-1"), (web, "line-2"), (line1, "line-2"), (line1, "web-1"), (line2, "line-1") })
        {
            await who.SeesAsync(other, "Live");
        }

        var killed = line2.Kill();
        foreach (var survivor in new[] { web, line1 })
        {
            var seen = await survivor.SeesAsync("line-2", "Dead", killed);
            TestContext.Current.TestOutputHelper!.WriteLine($"{survivor.Name}: dead after {(seen.At - killed) / 1e6:0.00} s");
        }
    }

    private static NodeProcess Start(string name, string roles, MiniPostgres database, string publishing) =>
        NodeProcess.Start(name, roles, NodeCluster.FreePort(), database.ConnectionString, Within, publishing);
}
