using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class LeaseTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_has_one_holder_who_may_renew_and_give_back()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();

        Assert.Equal("ep_1 ep_2", await HoldAsync(test, "silo-1", "ep_1", "ep_2", "ep_1"));
        Assert.Equal("ep_3", await HoldAsync(other, "silo-2", "ep_2", "ep_3"));
        Assert.Equal("ep_1 ep_2", await HoldAsync(test, "silo-1", "ep_1", "ep_2", "ep_3"));

        await test.Postgres.Leases.ReleaseAsync("silo-1", [new EndpointId("ep_2"), new EndpointId("ep_3")], Stop);

        Assert.Equal("ep_2 ep_3", await HoldAsync(other, "silo-2", "ep_1", "ep_2", "ep_3"));
        Assert.Equal("", await HoldAsync(other, "silo-2"));
    }

    [Fact]
    public async Task What_has_run_out_or_was_held_by_one_who_is_gone_is_free()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await HoldAsync(test, "silo-1", "ep_1", "ep_2", "ep_3");
        await PostgresServer.ExecuteAsync(
            test.ConnectionString, "UPDATE fastvlm.endpoint_lease SET expires_at = now() - interval '1 second' WHERE endpoint_id = 'ep_1'");

        Assert.Equal("ep_1", await HoldAsync(test, "silo-2", "ep_1", "ep_2", "ep_3"));

        var held = await test.Postgres.Leases.HoldAsync(
            "silo-3", [new EndpointId("ep_1"), new EndpointId("ep_3")], Minute, ["silo-1"], Stop);
        Assert.Equal(["ep_3"], held.Select(e => e.Value));
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_gets_it()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        string[] endpoints = [.. Enumerable.Range(0, 20).Select(i => $"ep_{i}")];

        var held = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => HoldAsync(test, $"silo-{i}", i % 2 == 0 ? endpoints : [.. endpoints.Reverse()])));

        Assert.Equal(20, held.SelectMany(h => h.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Count());
    }

    private static async Task<string> HoldAsync(TestStore test, string holder, params string[] endpoints)
    {
        var held = await test.Postgres.Leases.HoldAsync(holder, [.. endpoints.Select(e => new EndpointId(e))], Minute, [], Stop);
        return string.Join(' ', held.Select(e => e.Value).Order(StringComparer.Ordinal));
    }
}
