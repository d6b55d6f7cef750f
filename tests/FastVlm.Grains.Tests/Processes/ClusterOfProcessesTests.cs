namespace FastVlm.Grains.Tests.Processes;

[Trait("needs", "postgres")]
public sealed class ClusterOfProcessesTests
{
    private const string NoPostgres = "PostgreSQL is not installed.";
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_killed_node_is_seen_dead_in_time_and_live_events_go_on()
    {
        Assert.SkipWhen(MiniPostgres.Programs is null, NoPostgres);
        await using var database = await MiniPostgres.StartAsync();
        await using var web1 = Start("web-1", "web", database);
        await using var web2 = Start("web-2", "web,camera", database);
        await using var line = Start("line-1", "camera,gpu,web", database);
        NodeProcess[] survivors = [web1, web2];
        await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-1", "Live")));
        await Task.WhenAll(survivors.Select(s => s.HearsAsync("line-1", cameras: 3)));

        var killed = line.Kill();
        var seen = await Task.WhenAll(survivors.Select(s => s.SeesAsync("line-1", "Dead", killed)));
        var hears = await Task.WhenAll(survivors.SelectMany(s => survivors.Select(from => s.HearsAsync(from.Name, cameras: 3, killed))));

        // Twice: what this machine does besides must not fail the test; docs/adr/0011 has the figures.
        Assert.All(seen, told => Assert.InRange(told.At - killed, 0, (long)(Within * 2).TotalMicroseconds));
        Assert.All(hears, Assert.NotNull);
    }

    [Fact]
    public async Task A_stopped_node_is_seen_at_once_and_takes_its_place_again_under_its_name()
    {
        Assert.SkipWhen(MiniPostgres.Programs is null, NoPostgres);
        await using var database = await MiniPostgres.StartAsync();
        await using var web = Start("web-1", "web", database);
        await using var line = Start("line-1", "camera,web", database);
        await web.SeesAsync("line-1", "Live");
        await line.HearsAsync("web-1", cameras: 3);

        var stopped = NodeProgram.Now();
        var log = await line.StopAsync();
        await web.SeesAsync("line-1", "ShuttingDown", stopped);
        await web.SeesAsync("line-1", "Dead", stopped);
        await using var again = Start("line-1", "camera,web", database);

        await web.SeesAsync("line-1", "Live", stopped);
        await again.HearsAsync("web-1", cameras: 3);
        await web.HearsAsync("line-1", cameras: 3, stopped);
        Assert.True(!log.Split('\n').Any(IsTrouble), log);
    }

    /// <summary>After a power failure the table still lists everybody as live.</summary>
    [Fact]
    public async Task A_cluster_that_was_killed_as_a_whole_starts_again()
    {
        Assert.SkipWhen(MiniPostgres.Programs is null, NoPostgres);
        await using var database = await MiniPostgres.StartAsync();
        await using (var web = Start("web-1", "web", database))
        await using (var line = Start("line-1", "camera,web", database))
        {
            await web.SeesAsync("line-1", "Live");
            await line.SeesAsync("web-1", "Live");
            web.Kill();
            line.Kill();
        }

        await using var webAgain = Start("web-1", "web", database);
        await using var lineAgain = Start("line-1", "camera,web", database);

        await webAgain.SeesAsync("line-1", "Live", NodeProgram.Now() - 1);
        await webAgain.HearsAsync("line-1", cameras: 3);
    }

    private static bool IsTrouble(string line) =>
        new[] { " fail: ", " crit: " }.Any(level => line.Contains(level, StringComparison.Ordinal));

    private static NodeProcess Start(string name, string roles, MiniPostgres database) =>
        NodeProcess.Start(name, roles, NodeCluster.FreePort(), database.ConnectionString, Within, publishing: "100x3");
}
