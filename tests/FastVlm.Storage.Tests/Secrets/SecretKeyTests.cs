using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using Microsoft.Data.Sqlite;

namespace FastVlm.Storage.Tests.Secrets;

public sealed class SecretKeyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_key_is_made_once_and_readable_by_its_owner_alone()
    {
        await using var test = await TestStore.OpenAsync();
        var key = await File.ReadAllBytesAsync(KeyFile(test), Stop);

        await test.ReopenAsync();

        Assert.Equal(32, key.Length);
        Assert.Equal(key, await File.ReadAllBytesAsync(KeyFile(test), Stop));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile(test)));
        }
    }

    [Fact]
    public async Task A_wrong_key_is_refused_until_the_secrets_are_forgotten()
    {
        await using var test = await StoreWithSecretsAsync();
        await File.WriteAllBytesAsync(KeyFile(test), new byte[32], Stop);
        await test.ReopenAsync();

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.Store.Configuration.LoadAsync(Stop));

        Assert.Contains("2 entries (camera 'Gate', endpoint 'Chat')", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"'{KeyFile(test)}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("forget-secrets", failure.Message, StringComparison.Ordinal);
        await AssertGoesOnWithoutSecretsAsync(test);
    }

    [Fact]
    public async Task A_missing_key_is_refused_until_the_secrets_are_forgotten()
    {
        await using var test = await StoreWithSecretsAsync();
        await test.CloseAsync();
        File.Delete(KeyFile(test));

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        Assert.Contains($"'{KeyFile(test)}' is missing", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile(test)));
        await AssertGoesOnWithoutSecretsAsync(test);
    }

    [Fact]
    public async Task A_key_of_another_length_is_no_key()
    {
        await using var test = await TestStore.OpenAsync();
        await test.CloseAsync();
        await File.WriteAllBytesAsync(KeyFile(test), new byte[16], Stop);

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        Assert.Contains("16 bytes instead of 32", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Whoever can write the database must not make the platform send one camera's password to another address.</summary>
    [Fact]
    public async Task A_secret_that_was_moved_to_another_row_does_not_open()
    {
        await using var test = await StoreWithSecretsAsync();
        await test.CloseAsync();
        using (var connection = new SqliteConnection($"Data Source={test.Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE entry SET id = 'cam_2' WHERE id = 'cam_1'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        await test.ReopenAsync();

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.Store.Configuration.LoadAsync(Stop));
        Assert.Contains("1 entries (camera 'Gate')", failure.Message, StringComparison.Ordinal);
    }

    private static string KeyFile(TestStore test) => Path.Combine(test.Folder, "secrets.key");

    private static async Task AssertGoesOnWithoutSecretsAsync(TestStore test)
    {
        var forget = Path.Combine(test.Folder, "forget-secrets");
        await test.CloseAsync();
        await File.WriteAllTextAsync(forget, "", Stop);
        await test.ReopenAsync();

        var loaded = (await test.Store.Configuration.LoadAsync(Stop)).Configuration;

        var camera = loaded.Cameras[0].Spec;
        Assert.Equal(("Gate", false, ""), (camera.Name, camera.Enabled, camera.Url.Reveal()));
        Assert.Equal(("Chat", false), (loaded.Endpoints[0].Spec.Name, loaded.Endpoints[0].Spec.Enabled));
        Assert.True(loaded.Rules[0].Spec.Enabled);
        Assert.Contains(test.Log.Lines.Items, line => line.Contains("without their secrets", StringComparison.Ordinal));

        await test.Store.Configuration.SaveAsync(Configuration(), 0, Stop);
        Assert.False(File.Exists(forget));
        await test.ReopenAsync();
        Assert.Equal("rtsp://192.0.2.1/a", (await test.Store.Configuration.LoadAsync(Stop)).Configuration.Cameras[0].Spec.Url.Reveal());
    }

    private static async Task<TestStore> StoreWithSecretsAsync()
    {
        var test = await TestStore.OpenAsync();
        await test.Store.Configuration.SaveAsync(Configuration(), 0, Stop);
        return test;
    }

    private static PlatformConfiguration Configuration() => new()
    {
        Cameras = [Entry(new CameraId("cam_1"), new CameraSpec { Name = "Gate", Url = new CameraUrl("rtsp://192.0.2.1/a") })],
        Rules = [Entry(new RuleId("rule_1"), new RuleSpec { Name = "Dropped", Expression = "part dropped" })],
        Endpoints = [Entry(new EndpointId("ep_1"), new EndpointSpec { Name = "Chat", Secrets = [new SecretText("whsec_1")] })],
    };

    private static Entry<TId, TSpec> Entry<TId, TSpec>(TId id, TSpec spec) =>
        new() { Id = id, Spec = spec, CreatedAt = Samples.Noon, UpdatedAt = Samples.Noon };
}
