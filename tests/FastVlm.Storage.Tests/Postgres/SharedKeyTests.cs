using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class SharedKeyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_machine_with_another_key_is_refused_before_it_seals_anything()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        using var folder = new TempDirectory();
        await File.WriteAllBytesAsync(folder.File("secrets.key"), new byte[32], Stop);

        var failure = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(test, folder));

        Assert.Contains($"'{folder.File("secrets.key")}' is not the one of the database 'test_", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Copy it from a machine that works", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_the_key_makes_none_of_its_own()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        using var folder = new TempDirectory();

        var failure = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(test, folder));

        Assert.Contains("is missing", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("secrets.key")));
    }

    [Fact]
    public async Task Secrets_that_were_given_up_are_entered_anew_under_a_new_key()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var old = await test.JoinAsync();
        await test.Store.Configuration.SaveAsync(With("rtsp://192.0.2.1/a"), 0, Stop);
        await test.CloseAsync();
        File.Delete(test.KeyFile);
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "forget-secrets"), "", Stop);

        await test.ReopenAsync();

        var (configuration, version) = await test.Store.Configuration.LoadAsync(Stop);
        var camera = configuration.Cameras[0].Spec;
        Assert.Equal(("Gate", false, ""), (camera.Name, camera.Enabled, camera.Url.Reveal()));

        // Another entry is saved; the one that lost its secrets is written under the new key all the same.
        var added = With("demo:line", "cam_2").Cameras[0];
        configuration = configuration with { Cameras = [configuration.Cameras[0], added] };
        version = (await test.Store.Configuration.SaveAsync(configuration, version, Stop))!.Value;
        Assert.False(File.Exists(Path.Combine(test.Folder, "forget-secrets")));
        Assert.Equal(2, (await test.Store.Configuration.LoadAsync(Stop)).Configuration.Cameras.Count);

        // A machine that still has the old key must not mix the two.
        var failure = await Assert.ThrowsAsync<StorageException>(
            () => old.Store.Configuration.SaveAsync(With("rtsp://192.0.2.1/b"), version, Stop));
        Assert.Contains($"copy the new key to '{old.KeyFile}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_was_moved_to_another_row_does_not_open()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await test.Store.Configuration.SaveAsync(With("rtsp://192.0.2.1/a"), 0, Stop);
        await PostgresServer.ExecuteAsync(test.ConnectionString, "UPDATE fastvlm.entry SET id = 'cam_2'");

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.Store.Configuration.LoadAsync(Stop));

        Assert.Contains("1 entries (camera 'Gate')", failure.Message, StringComparison.Ordinal);
    }

    private static async Task OpenAsync(TestStore test, TempDirectory folder)
    {
        await using var store = await PostgresPlatformStore.OpenAsync(
            test.PostgresOptions() with { SecretsKeyFile = folder.File("secrets.key") }, test.Time, test.Log, Stop);
    }

    private static PlatformConfiguration With(string url, string id = "cam_1") => new()
    {
        Cameras =
        [
            new Entry<CameraId, CameraSpec>
            {
                Id = new CameraId(id),
                Spec = new CameraSpec { Name = "Gate", Url = new CameraUrl(url) },
                CreatedAt = Samples.Noon,
                UpdatedAt = Samples.Noon,
            },
        ],
    };
}
