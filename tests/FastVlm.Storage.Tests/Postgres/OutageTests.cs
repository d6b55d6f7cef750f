using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class OutageTests
{
    private const int Kills = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_server_is_down_every_port_says_so_and_goes_on_once_it_is_back()
    {
        TestStore.SkipWithoutPostgres();
        await using var server = await PostgresServer.StartAsync();
        await using var test = await TestStore.JoinAsync(await server.CreateDatabaseAsync());
        await UseAsync(test, "cap_1", 0);
        await server.StopAsync();

        foreach (var use in Uses(test, "cap_2", 1))
        {
            var failure = await Assert.ThrowsAsync<StorageException>(use);
            Assert.Contains($"127.0.0.1:{server.Port}", failure.Message, StringComparison.Ordinal);
        }

        await server.StartAgainAsync();
        await UseAsync(test, "cap_3", 1);
        await server.KillAsync();
        await server.StartAgainAsync();

        // Nobody noticed that the connections have ended meanwhile.
        await UseAsync(test, "cap_4", 2);
        Assert.Equal(["cap_4", "cap_3", "cap_1"], (await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Select(c => c.Id.Value));
    }

    [Fact]
    public async Task What_was_accepted_before_a_kill_of_the_server_is_there_and_nothing_by_halves()
    {
        TestStore.SkipWithoutPostgres();
        await using var server = await PostgresServer.StartAsync(syncs: true);
        await using var test = await TestStore.JoinAsync(await server.CreateDatabaseAsync());
        var accepted = new Collector<string>("accepted entries");
        using var end = new CancellationTokenSource();

        var callers = Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                await AppendAsync($"{caller}-{i}");
            }
        })).ToArray();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await accepted.WaitForCountAsync(accepted.Items.Count + 100);
            await server.KillAsync();
            await server.StartAgainAsync();
        }

        await accepted.WaitForCountAsync(accepted.Items.Count + 100);
        await end.CancelAsync();
        await Task.WhenAll(callers).Within("the last entries");

        Assert.Equal(accepted.Items.Count, accepted.Items.Distinct().Count());
        foreach (var (table, id) in new[] { ("caption", "cap"), ("incident", "inc"), ("delivery", "msg") })
        {
            var stored = await PostgresServer.ScalarAsync<string[]>(
                test.ConnectionString, $"SELECT array_agg(replace(id, '{id}-', '')) FROM fastvlm.{table}");
            Assert.Equal(accepted.Items.Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));
        }

        // As the backlog of the pipeline does: tried again until it is stored.
        async Task AppendAsync(string name)
        {
            while (true)
            {
                try
                {
                    await test.Store.Journal.AppendAsync(
                        Samples.Opened($"inc-{name}", Samples.Caption($"cap-{name}"), [1]) with
                        {
                            Deliveries = [Samples.Delivery($"msg-{name}", $"inc-{name}")],
                            Fence = new Fence(new CameraId("cam_1"), 0, 0),
                        },
                        CancellationToken.None);
                    accepted.Add(name);
                    return;
                }
                catch (StorageException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
                }
            }
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_given_up_and_tried_again()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var store = await PostgresPlatformStore.OpenAsync(
            test.PostgresOptions() with { CommandTimeout = TimeSpan.FromSeconds(1) }, test.Time, test.Log, Stop);
        await using (var holder = await HeldTransaction.BeginAsync(test.ConnectionString))
        {
            await holder.ExecuteAsync("LOCK TABLE fastvlm.caption");

            var append = Assert.ThrowsAsync<StorageException>(
                () => store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), Stop));
            var find = Assert.ThrowsAsync<StorageException>(() => store.Captions.FindAsync(new CaptionQuery(), Stop));

            Assert.Contains("did not answer within 1 s", (await append).Message, StringComparison.Ordinal);
            Assert.Contains("did not answer within 1 s", (await find).Message, StringComparison.Ordinal);
        }

        await store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_2")), Stop);
        Assert.Equal("cap_2", Assert.Single(await store.Captions.FindAsync(new CaptionQuery(), Stop)).Id.Value);
    }

    [Theory]
    [InlineData("SET default_transaction_read_only = on", "RESET default_transaction_read_only", "read-only; connect to the primary")]
    [InlineData("CONNECTION LIMIT 0", "CONNECTION LIMIT -1", "has no connection left")]
    public async Task A_server_that_refuses_for_a_while_is_used_again_when_it_does_not(string refuse, string allow, string expected)
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var server = await TestStore.ServerAsync();
        var name = new NpgsqlConnectionStringBuilder(test.ConnectionString).Database;
        await server.ExecuteAsync($"ALTER DATABASE {name} {refuse}");
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");

        var failure = await Assert.ThrowsAsync<StorageException>(
            () => test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), Stop));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        await server.ExecuteAsync($"ALTER DATABASE {name} {allow}");
        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_2")), Stop);
    }

    private static async Task UseAsync(TestStore test, string caption, long version)
    {
        foreach (var use in Uses(test, caption, version))
        {
            await use();
        }
    }

    private static IEnumerable<Func<Task>> Uses(TestStore test, string caption, long version) =>
    [
        () => test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption(caption)), Stop),
        () => test.Store.Captions.FindAsync(new CaptionId(caption), Stop),
        () => test.Store.Incidents.ListOpenAsync(Stop),
        () => test.Store.Outbox.NextDueAsync(new EndpointId("ep_1"), Stop),
        async () => Assert.NotNull(await test.Store.Configuration.SaveAsync(new PlatformConfiguration(), version, Stop)),
        () => test.Postgres.Fences.TakeFeedAsync(new CameraId("cam_9"), "silo-1", Stop),
        () => test.Postgres.Leases.HoldAsync("silo-1", [new EndpointId("ep_1")], TimeSpan.FromMinutes(1), [], Stop),
        () => test.Store.Retention.SweepAsync(Stop),
    ];
}
