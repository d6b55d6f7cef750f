using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

/// <summary>The recipe of docs/storage.md.</summary>
public sealed class PostgresBackupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dump_taken_while_the_store_works_is_the_whole_store_with_its_key()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        using var backup = new TempDirectory();
        var camera = new Entry<CameraId, CameraSpec>
        {
            Id = new CameraId("cam_1"),
            Spec = new CameraSpec { Name = "Gate", Url = new CameraUrl("rtsp://operator:secret@192.0.2.1/a") },
            CreatedAt = Samples.Noon,
            UpdatedAt = Samples.Noon,
        };
        await test.Store.Configuration.SaveAsync(new PlatformConfiguration { Cameras = [camera] }, 0, Stop);
        await test.Store.Journal.AppendAsync(Samples.Opened("inc_1", Samples.Caption("cap_1"), [1, 2, 3]), Stop);

        await PostgresServer.RunAsync("pg_dump", test.ConnectionString, "--format=custom", $"--file={backup.File("fastvlm.dump")}");
        var restored = await TestStore.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(restored).Database;
        await PostgresServer.RunAsync(
            "pg_restore", restored, "--no-owner", "--exit-on-error", $"--dbname={name}", backup.File("fastvlm.dump"));

        await using var store = await TestStore.JoinAsync(restored, test.KeyFile);
        var (configuration, version) = await store.Store.Configuration.LoadAsync(Stop);
        Assert.Equal((1, "rtsp://operator:secret@192.0.2.1/a"), (version, configuration.Cameras[0].Spec.Url.Reveal()));
        Assert.Equal([1, 2, 3], await store.Store.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 0, Stop));
        await store.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_2")), Stop);
        Assert.Equal(2, (await store.Store.Captions.FindAsync(new CaptionQuery { Text = "dropping" }, Stop)).Count);
    }
}
