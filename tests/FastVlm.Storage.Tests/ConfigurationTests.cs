using System.Text;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests;

public sealed class ConfigurationTests() : ConfigurationPromises(Edition.Sqlite);

public sealed class PostgresConfigurationTests() : ConfigurationPromises(Edition.Postgres);

/// <summary>What both stores promise.</summary>
public abstract class ConfigurationPromises(Edition edition)
{
    private const string Password = "correct-horse-battery";
    private const string QueryToken = "token-in-the-query";
    private const string PathToken = "token-in-the-path";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_store_is_empty()
    {
        await using var test = await TestStore.OpenAsync(edition);

        var configuration = (await test.Store.Configuration.LoadAsync(Stop)).Configuration;

        Assert.Empty(configuration.Cameras);
        Assert.Empty(configuration.Rules);
        Assert.Empty(configuration.Endpoints);
    }

    [Fact]
    public async Task Holds_exactly_what_was_saved_last_in_its_order()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var full = Configuration();
        var version = await test.Store.Configuration.SaveAsync(full, 0, Stop);
        var less = full with { Cameras = [full.Cameras[1], full.Cameras[0]], Endpoints = [] };

        Assert.NotNull(await test.Store.Configuration.SaveAsync(less, version!.Value, Stop));
        await test.ReopenAsync();

        var loaded = (await test.Store.Configuration.LoadAsync(Stop)).Configuration;
        Assert.Equal(["cam_2", "cam_1"], loaded.Cameras.Select(c => c.Id.Value));
        Assert.Empty(loaded.Endpoints);
        Assert.Equal("part dropped", loaded.Rules[0].Spec.Expression);
        Assert.Equal(EntryOrigin.File, loaded.Rules[0].Origin);
        Assert.Equal(Samples.Noon, loaded.Rules[0].CreatedAt);
        Assert.Equal(Samples.Noon.AddTicks(7), loaded.Rules[0].UpdatedAt);
    }

    [Fact]
    public async Task Secrets_come_back_and_lie_nowhere_in_clear_text()
    {
        await using var test = await TestStore.OpenAsync(edition);

        await test.Store.Configuration.SaveAsync(Configuration(), 0, Stop);

        await AssertNowhereAsync(test, Password, QueryToken, PathToken);
        await test.ReopenAsync();
        var loaded = (await test.Store.Configuration.LoadAsync(Stop)).Configuration;
        Assert.Equal(Password, loaded.Cameras[0].Spec.Credentials!.Password.Reveal());
        Assert.Equal($"rtsp://192.0.2.1/a?key={QueryToken}", loaded.Cameras[0].Spec.Url.Reveal());
        Assert.Equal($"https://hooks.example.com/{PathToken}", loaded.Endpoints[0].Spec.Url.Reveal());
        Assert.Equal(["whsec_" + Password, "whsec_old"], loaded.Endpoints[0].Spec.Secrets.Select(s => s.Reveal()));
        await AssertNowhereAsync(test, Password, QueryToken, PathToken);
    }

    private async Task AssertNowhereAsync(TestStore test, params string[] texts)
    {
        AssertNoFileHolds(test.Folder, edition == Edition.Sqlite, texts);
        if (edition == Edition.Postgres)
        {
            var rows = await PostgresServer.ScalarAsync<string>(
                test.ConnectionString, "SELECT string_agg(e::text, ' ') || (SELECT sealed FROM fastvlm.secret_key) FROM fastvlm.entry e");
            Assert.Contains("\"\"Gate\"\"", rows, StringComparison.Ordinal);
            Assert.All(texts, text => Assert.DoesNotContain(text, rows, StringComparison.Ordinal));
        }
    }

    private static void AssertNoFileHolds(string folder, bool holdsDatabase, string[] texts)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToArray();
        Assert.Equal(holdsDatabase, files.Any(file => file.EndsWith("fastvlm.db", StringComparison.Ordinal)));
        var names = 0;
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var content = reader.ReadToEnd();
            names += content.Contains("\"Gate\"", StringComparison.Ordinal) ? 1 : 0;
            Assert.All(texts, text => Assert.DoesNotContain(text, content, StringComparison.Ordinal));
        }

        // What is no secret is there: the search sees what it looks at.
        Assert.Equal(holdsDatabase, names > 0);
    }

    private static PlatformConfiguration Configuration() => new()
    {
        Cameras =
        [
            Entry(new CameraId("cam_1"), new CameraSpec
            {
                Name = "Gate",
                Url = new CameraUrl($"rtsp://192.0.2.1/a?key={QueryToken}"),
                Credentials = new CameraCredentials { Username = new SecretText("operator"), Password = new SecretText(Password) },
            }),
            Entry(new CameraId("cam_2"), new CameraSpec { Name = "Line", Url = new CameraUrl("demo:line") }),
        ],
        Rules =
        [
            Entry(new RuleId("rule_1"), new RuleSpec { Name = "Dropped", Expression = "part dropped" }) with { Origin = EntryOrigin.File },
        ],
        Endpoints =
        [
            Entry(new EndpointId("ep_1"), new EndpointSpec
            {
                Name = "Chat",
                Url = new CameraUrl($"https://hooks.example.com/{PathToken}"),
                Secrets = [new SecretText("whsec_" + Password), new SecretText("whsec_old")],
            }),
        ],
    };

    private static Entry<TId, TSpec> Entry<TId, TSpec>(TId id, TSpec spec) =>
        new() { Id = id, Spec = spec, CreatedAt = Samples.Noon, UpdatedAt = Samples.Noon.AddTicks(7) };
}
