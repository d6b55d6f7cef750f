using System.Reflection;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace FastVlm.Storage.Tests.Versions;

public sealed class MigrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int> Versions => [.. Enumerable.Range(1, Migrator.Scripts.Count)];

    /// <summary>For each version there is a script that fills a database of that version: <c>Versions/N.sql</c>.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Everything_in_a_database_of_an_earlier_version_can_be_read(int version)
    {
        await using var test = await TestStore.OpenAsync();
        await test.CloseAsync();
        File.Delete(test.Database);
        using (var session = SqlSession.OpenWriter(test.Database))
        {
            Migrator.Migrate(session, test.Database, version);
            session.Run(Rows(version));
        }

        await File.WriteAllBytesAsync(Path.Combine(test.Folder, "secrets.key"), [.. Enumerable.Range(0, 32).Select(i => (byte)i)], Stop);

        await test.ReopenAsync();

        var store = test.Store;
        var configuration = (await store.Configuration.LoadAsync(Stop)).Configuration;
        Assert.Equal("old password", configuration.Cameras[0].Spec.Credentials!.Password.Reveal());
        Assert.Equal("part dropped", configuration.Rules[0].Spec.Expression);
        var caption = Assert.Single(await store.Captions.FindAsync(new CaptionQuery { Text = "dropped" }, Stop));
        Assert.Equal(("cam_1", "A part dropped.", "What happens?"), (caption.CameraId.Value, caption.Text, caption.Prompt));
        Assert.Equal(Samples.Noon, caption.Stamps.CapturedAt);
        Assert.Equal(Samples.Noon.AddMilliseconds(80), caption.Stamps.FirstTokenAt);
        Assert.Equal("Part dropped at Line 3", Assert.Single(await store.Incidents.ListOpenAsync(Stop)).Title);
        Assert.Equal("abc123", (await store.Incidents.FindEvidenceAsync(new IncidentId("inc_1"), Stop))!.ModelFingerprint);
        Assert.Equal("msg_1", Assert.Single(await store.Outbox.ListDueAsync(new EndpointId("ep_1"), Samples.Noon, 10, Stop)).Id.Value);
        Assert.Equal(503, Assert.Single(await store.Outbox.ListAttemptsAsync(new DeliveryId("msg_1"), Stop)).StatusCode);
        Assert.Equal(DeliveryState.Pending, (await store.Outbox.FindAsync(new DeliveryId("msg_1"), Stop))!.State);
    }

    [Fact]
    public async Task A_newer_database_is_refused_and_left_as_it_is()
    {
        await using var test = await TestStore.OpenAsync();
        await test.CloseAsync();
        Execute(test.Database, "PRAGMA user_version = 999");

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        Assert.Contains($"'{test.Database}' has version 999", failure.Message, StringComparison.Ordinal);
        Assert.Contains("start the newer program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_database_is_refused()
    {
        await using var test = await TestStore.OpenAsync();
        await test.CloseAsync();
        File.Delete(test.Database);
        Execute(test.Database, "CREATE TABLE customers (name TEXT)");

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        Assert.Contains("is no database of FastVLM", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_fails_leaves_the_version_before()
    {
        using var folder = new TestKit.TempDirectory();
        var path = folder.File("half.db");
        using var session = SqlSession.OpenWriter(path);
        session.Execute($"PRAGMA application_id = {Migrator.ApplicationId}");

        // In the way of the first script's last table.
        session.Execute("CREATE TABLE attempt (x)");

        Assert.Throws<SqliteException>(() => Migrator.Migrate(session, path));

        session.Execute("ROLLBACK");
        Assert.Equal(0, session.Number("PRAGMA user_version"));
        Assert.Equal(1, session.Number("SELECT count(*) FROM sqlite_master"));
    }

    private static string Rows(int version)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Versions/{version}.sql");
        Assert.True(stream is not null, $"Version {version} has no rows to test its migration with: add Versions/{version}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
