using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class SignalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_machine_is_told_of_what_any_of_them_changes()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        var (changes, due) = Listen(other);
        await ConnectedAsync(other, 1);

        await test.Store.Journal.AppendAsync(
            new StageEntry
            {
                Deliveries = [Samples.Delivery("msg_1"), Samples.Delivery("msg_2"), Samples.Delivery("msg_3", endpoint: "ep_2")],
            },
            Stop);
        await due.WaitForCountAsync(2);
        Assert.Equal(["ep_1", "ep_2"], due.Items.Select(e => e.Value).Order());

        // What is there already is not new; what is sent again is.
        await test.Store.Journal.AppendAsync(new StageEntry { Deliveries = [Samples.Delivery("msg_1")] }, Stop);
        await test.Store.Outbox.ReplayAsync([new DeliveryId("msg_3")], Samples.Noon, Stop);
        await due.WaitForCountAsync(3);
        Assert.Equal("ep_2", due.Items[2].Value);

        var before = changes.Items.Count;
        await test.Store.Configuration.SaveAsync(new PlatformConfiguration(), 0, Stop);
        await changes.WaitForCountAsync(before + 1);
    }

    [Fact]
    public async Task After_a_lost_connection_the_configuration_counts_as_changed()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var (changes, due) = Listen(test);
        await ConnectedAsync(test, 1);
        var (before, timers) = (changes.Items.Count, test.Time.Timers.Items.Count);

        await PostgresServer.ExecuteAsync(
            test.ConnectionString,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        await test.Time.Timers.WaitForCountAsync(timers + 1);
        test.Time.Advance(StorageLimits.ListenRetryFirst);

        await ConnectedAsync(test, 2);
        await changes.WaitForCountAsync(before + 1);
        Assert.Contains(test.Log.Lines.Items, line => line.StartsWith("Warning: Not told of what", StringComparison.Ordinal));
        await test.Store.Journal.AppendAsync(new StageEntry { Deliveries = [Samples.Delivery("msg_1")] }, Stop);
        await due.WaitForCountAsync(1);
    }

    private static (Collector<string> Changes, Collector<EndpointId> Due) Listen(TestStore test)
    {
        var changes = new Collector<string>("changes of the configuration");
        var due = new Collector<EndpointId>("endpoints with deliveries");
        test.Postgres.Signals.ConfigurationChanged += () => changes.Add("changed");
        test.Postgres.Signals.DeliveriesDue += due.Add;
        return (changes, due);
    }

    private static async Task ConnectedAsync(TestStore test, int times)
    {
        await TestTimeouts.UntilAsync(
            () => test.Log.Lines.Items.Count(line => line.Contains("Listening for", StringComparison.Ordinal)) == times,
            $"connection {times} that listens");
    }
}
