using FastVlm.Grains.Hosting;

namespace FastVlm.Grains.Tests.Processes;

[Trait("needs", "postgres")]
public sealed class OrleansSchemaTests
{
    [Fact]
    public async Task Nodes_that_start_together_create_the_tables_once()
    {
        Assert.SkipWhen(MiniPostgres.Programs is null, "PostgreSQL is not installed.");
        await using var database = await MiniPostgres.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            OrleansSchema.EnsureAsync(database.ConnectionString, TestContext.Current.CancellationToken)));

        Assert.Equal(13, await database.CountAsync("SELECT count(*) FROM fastvlm_orleans.OrleansQuery"));
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task A_newer_version_replaces_statements_and_keeps_rows()
    {
        Assert.SkipWhen(MiniPostgres.Programs is null, "PostgreSQL is not installed.");
        await using var database = await MiniPostgres.StartAsync();
        await OrleansSchema.EnsureAsync(database.ConnectionString, TestContext.Current.CancellationToken);
        await database.CountAsync("UPDATE fastvlm_orleans.OrleansQuery SET QueryText = 'old' WHERE QueryKey = 'GatewaysQueryKey'");
        await database.CountAsync("INSERT INTO fastvlm_orleans.OrleansMembershipVersionTable VALUES ('plant', now(), 7)");

        await OrleansSchema.EnsureAsync(database.ConnectionString, TestContext.Current.CancellationToken);

        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM fastvlm_orleans.OrleansQuery WHERE QueryText = 'old'"));
        Assert.Equal(7, await database.CountAsync("SELECT Version FROM fastvlm_orleans.OrleansMembershipVersionTable"));
    }
}
