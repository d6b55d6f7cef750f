using System.Reflection;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Postgres;
using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class PostgresMigrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int> Versions => [.. Enumerable.Range(1, PostgresMigrator.Scripts.Count)];

    /// <summary>For each version there is a script that fills a database of that version: <c>Versions/Postgres/N.sql</c>.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Everything_in_a_database_of_an_earlier_version_can_be_read(int version)
    {
        var database = await TestStore.CreateDatabaseAsync();
        await MigrateAsync(database, [.. PostgresMigrator.Scripts.Take(version)]);
        await PostgresServer.ExecuteAsync(database, Rows(version));
        using var folder = new TempDirectory();
        await File.WriteAllBytesAsync(folder.File("secrets.key"), [.. Enumerable.Range(0, 32).Select(i => (byte)i)], Stop);

        await using var test = await TestStore.JoinAsync(database, folder.File("secrets.key"));

        var store = test.Store;
        var (configuration, configurationVersion) = await store.Configuration.LoadAsync(Stop);
        Assert.Equal(("old password", 7), (configuration.Cameras[0].Spec.Credentials!.Password.Reveal(), configurationVersion));
        Assert.Equal("part dropped", configuration.Rules[0].Spec.Expression);
        var caption = Assert.Single(await store.Captions.FindAsync(new CaptionQuery { Text = "dropping" }, Stop));
        Assert.Equal(("cam_1", "A part dropped.", "What happens?"), (caption.CameraId.Value, caption.Text, caption.Prompt));
        Assert.Equal(Samples.Noon.AddMilliseconds(80), caption.Stamps.FirstTokenAt);
        Assert.Equal("Part dropped at Line 3", Assert.Single(await store.Incidents.ListOpenAsync(Stop)).Title);
        Assert.Equal("abc123", (await store.Incidents.FindEvidenceAsync(new IncidentId("inc_1"), Stop))!.ModelFingerprint);
        Assert.Equal([1, 2, 3], await store.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 0, Stop));
        Assert.Equal("msg_1", Assert.Single(await store.Outbox.ListDueAsync(new EndpointId("ep_1"), Samples.Noon, 10, Stop)).Id.Value);
        Assert.Equal(503, Assert.Single(await store.Outbox.ListAttemptsAsync(new DeliveryId("msg_1"), Stop)).StatusCode);
        var takeover = await test.Postgres.Fences.TakeStageAsync(new CameraId("cam_1"), "silo-1", Stop);
        Assert.Equal((5, "rule_1"), (takeover.Epoch, takeover.State!.Rules[0].RuleId.Value));
    }

    [Fact]
    public async Task Machines_that_start_at_once_take_turns()
    {
        var database = await TestStore.CreateDatabaseAsync();
        using var folder = new TempDirectory();
        await File.WriteAllBytesAsync(folder.File("secrets.key"), new byte[32], Stop);

        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestStore.JoinAsync(database, folder.File("secrets.key"))));

        for (var i = 0; i < stores.Length; i++)
        {
            await stores[i].Store.Journal.AppendAsync(Samples.Only(Samples.Caption($"cap_{i}")), Stop);
        }

        Assert.Equal(4, (await stores[0].Store.Captions.FindAsync(new CaptionQuery(), Stop)).Count);
        await Task.WhenAll(stores.Select(store => store.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_newer_database_is_used_as_long_as_it_lets_this_program_read_it()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await PostgresServer.ExecuteAsync(test.ConnectionString, "UPDATE fastvlm.schema_version SET number = 99");
        await test.ReopenAsync();
        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), Stop);
        await PostgresServer.ExecuteAsync(test.ConnectionString, "UPDATE fastvlm.schema_version SET readable_from = 98");

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        Assert.Contains("has version 99, which programs of version 98 and later can use", failure.Message, StringComparison.Ordinal);
        Assert.Contains("start the newer program", failure.Message, StringComparison.Ordinal);
        Assert.Equal(99, await PostgresServer.ScalarAsync<long>(test.ConnectionString, "SELECT number FROM fastvlm.schema_version"));
    }

    [Fact]
    public async Task Somebody_elses_schema_is_refused_and_left_as_it_is_and_an_empty_one_is_taken()
    {
        var database = await TestStore.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "CREATE SCHEMA fastvlm; CREATE TABLE fastvlm.customers (name text)");

        var failure = await Assert.ThrowsAsync<StorageException>(() => TestStore.JoinAsync(database));

        Assert.Contains("schema 'fastvlm' of the database 'test_", failure.Message, StringComparison.Ordinal);
        Assert.Contains("is not of this program", failure.Message, StringComparison.Ordinal);
        await PostgresServer.ExecuteAsync(database, "DROP TABLE fastvlm.customers");
        await using var test = await TestStore.JoinAsync(database);
    }

    [Fact]
    public async Task A_script_that_fails_leaves_the_version_before()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);

        await Assert.ThrowsAsync<PostgresException>(
            () => MigrateAsync(test.ConnectionString, [.. PostgresMigrator.Scripts, "CREATE TABLE fastvlm.next (x int); SELECT 1 / 0"]));

        await test.ReopenAsync();
        Assert.False(await PostgresServer.ScalarAsync<bool>(test.ConnectionString, "SELECT to_regclass('fastvlm.next') IS NOT NULL"));
    }

    private static async Task MigrateAsync(string database, IReadOnlyList<string> scripts)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await PostgresMigrator.UpdateAsync(connection, new PostgresFailures("", "", "", TimeSpan.Zero), scripts, Stop);
        await transaction.CommitAsync(Stop);
    }

    private static string Rows(int version)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Versions/Postgres/{version}.sql");
        Assert.True(stream is not null, $"Version {version} has no rows to test its migration with: add Versions/Postgres/{version}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
