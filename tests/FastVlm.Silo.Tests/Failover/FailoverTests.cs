using FastVlm.TestKit;

namespace FastVlm.Silo.Tests.Failover;

public sealed class FailoverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_killed_node_and_a_rolling_restart_lose_no_camera_no_incident_and_no_delivery()
    {
        Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");
        await using var run = await FailoverRun.StartAsync();

        await run.RunAsync();

        output.WriteLine(run.Report);
        Assert.Empty(run.Violations);
    }
}
