using System.Text.Json;
using FastVlm.Embedded.Tests.Hub;
using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>The real program pulls from a hub on loopback.</summary>
public sealed class ModelsPullTests : IAsyncLifetime
{
    private readonly TempDirectory home = new();
    private LocalHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await LocalHub.StartAsync();
        PlantModel.AddTo(hub);
        PlantModel.AddTo(home);
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        home.Dispose();
    }

    private string Installed => home.File($"models/{PlantModel.Name}");

    [Fact]
    public async Task A_pulled_model_is_whole_recorded_listed_and_verifiable()
    {
        var pulled = await PullAsync("--accept-licence");

        pulled.AssertSucceeded();
        Assert.Equal("apple-amlr (research only)", pulled.Event("pulled").GetProperty("licence").GetString());
        var progress = pulled.Events.Last(line => line.GetProperty("type").GetString() == "progress");
        Assert.Equal(progress.GetProperty("bytesTotal").GetInt64(), progress.GetProperty("bytesDone").GetInt64());
        foreach (var path in PlantModel.Graphs.Append("config.json").Append("LICENSE"))
        {
            Assert.Equal(
                hub.Files[path], await File.ReadAllBytesAsync(Path.Combine(Installed, path), TestContext.Current.CancellationToken));
        }

        var pinned = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(Path.Combine(Installed, "models.lock.json"), TestContext.Current.CancellationToken));
        Assert.Equal(LocalHub.Commit, pinned.GetProperty("revision").GetString());
        Assert.Contains(pinned.GetProperty("files").EnumerateArray(), file =>
            file.GetProperty("path").GetString() == PlantModel.Decoder
            && file.GetProperty("sha256").GetString() == LocalHub.Sha256(hub.Files[PlantModel.Decoder]));
        Assert.True(pinned.TryGetProperty("licenceAcceptedAt", out _));
        Assert.False(Directory.Exists(home.File("staging/" + PlantModel.Name)));

        var listed = (await RunAsync("models", "list", "--json")).Events.Single(
            line => line.GetProperty("name").GetString() == PlantModel.Name);
        Assert.Equal("installed", listed.GetProperty("state").GetString());
        Assert.Equal("apple-amlr (research only)", listed.GetProperty("licence").GetString());
        var verified = await RunAsync("models", "verify", PlantModel.Name, "--json");
        verified.AssertSucceeded();
        Assert.Equal(6, verified.Event("verified").GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task Nothing_of_the_model_is_fetched_before_its_licence_is_accepted()
    {
        var refused = await PullAsync();

        refused.AssertFailed(FailureKind.LicenceNotAccepted, "--accept-licence");
        Assert.Contains("a test's copy", refused.Error, StringComparison.Ordinal);
        Assert.Equal("licenceNotAccepted", refused.Event("error").GetProperty("kind").GetString());
        Assert.DoesNotContain(hub.Requests, seen => seen.OnStorage && seen.Path != "LICENSE");
        Assert.False(Directory.Exists(Installed));
    }

    [Fact]
    public async Task A_second_pull_checks_what_is_there_and_fetches_nothing()
    {
        (await PullAsync("--accept-licence")).AssertSucceeded();
        var requests = hub.Requests.Count;

        var again = await PullAsync("--accept-licence");

        again.AssertSucceeded();
        Assert.NotEqual(default, again.Event("alreadyInstalled"));
        Assert.Equal(requests, hub.Requests.Count);
    }

    [Fact]
    public async Task Another_precision_replaces_the_installed_one_without_leftovers()
    {
        (await PullAsync("--accept-licence")).AssertSucceeded();

        (await PullAsync("--accept-licence", "--dtype", "mixed")).AssertSucceeded();

        Assert.True(File.Exists(Path.Combine(Installed, "onnx/decoder_model_merged_fp16.onnx")));
        Assert.False(File.Exists(Path.Combine(Installed, PlantModel.Decoder)));
    }

    [Fact]
    public async Task A_wrong_hash_leaves_no_model()
    {
        hub.Replacements[PlantModel.Decoder] = new byte[PlantModel.DecoderBytes];

        var refused = await PullAsync("--accept-licence");

        refused.AssertFailed(FailureKind.HashMismatch, PlantModel.Decoder);
        Assert.False(Directory.Exists(Installed));
    }

    [Fact]
    public async Task Ctrl_C_ends_a_pull_with_130_and_the_next_one_resumes()
    {
        var never = new TaskCompletionSource();
        hub.Fail(PlantModel.Decoder, new Fault { CutAfterBytes = 400_000 }, new Fault { Before = never.Task });
        await using var process = StartPull();
        await WaitForCutAsync(process);

        await process.SignalAsync("INT");
        var stopped = await process.EndAsync();
        never.SetResult();
        var part = new FileInfo(home.File($"staging/{PlantModel.Name}/download/{PlantModel.Decoder}.part")).Length;

        Assert.Equal(130, stopped.ExitCode);
        Assert.False(Directory.Exists(Installed));
        (await PullAsync("--accept-licence")).AssertSucceeded();
        Assert.Equal($"bytes={part}-", hub.StorageRequestsFor(PlantModel.Decoder).Last().Range);
    }

    [Fact]
    public async Task A_killed_pull_leaves_no_half_model()
    {
        var never = new TaskCompletionSource();
        hub.Fail(PlantModel.Decoder, new Fault { CutAfterBytes = 400_000 }, new Fault { Before = never.Task });
        await using var process = StartPull();
        await WaitForCutAsync(process);

        await process.SignalAsync("KILL");
        await process.EndAsync();
        never.SetResult();

        Assert.False(Directory.Exists(Installed));
        (await PullAsync("--accept-licence")).AssertSucceeded();
        (await RunAsync("models", "verify", PlantModel.Name)).AssertSucceeded();
    }

    [Fact]
    public async Task Two_pulls_of_one_model_exclude_each_other()
    {
        var gate = new TaskCompletionSource();
        hub.Fail(PlantModel.Decoder, new Fault { CutAfterBytes = 400_000 }, new Fault { Before = gate.Task });
        await using var first = StartPull();
        await WaitForCutAsync(first);

        var second = await PullAsync("--accept-licence");
        gate.SetResult();

        second.AssertFailed(FailureKind.DownloadFailed, "by another fastvlm process");
        (await first.EndAsync()).AssertSucceeded();
    }

    [Fact]
    public async Task A_hub_that_declares_more_than_the_disk_holds_is_refused_before_the_download()
    {
        hub.DeclaredSizes[PlantModel.Decoder] = 1L << 50;

        var refused = await PullAsync("--accept-licence");

        refused.AssertFailed(FailureKind.DownloadFailed, "MB are free");
        Assert.Empty(hub.StorageRequestsFor(PlantModel.Decoder));
    }

    [Fact]
    public async Task An_unreachable_hub_is_named_with_the_remedy()
    {
        var address = hub.Address;
        await hub.DisposeAsync();

        var refused = await FastVlmProcess.RunAsync(home.FullPath, PullArguments("--accept-licence"), ("HF_ENDPOINT", address.ToString()));

        refused.AssertFailed(FailureKind.DownloadFailed, "cannot be fetched");
    }

    [Fact]
    public async Task A_private_hub_gets_the_token_and_nobody_else_sees_it()
    {
        hub.Token = "hf_very_secret";
        var refused = await PullAsync("--accept-licence");
        var pulled = await FastVlmProcess.RunAsync(
            home.FullPath,
            PullArguments("--accept-licence", "--verbose"),
            ("HF_ENDPOINT", hub.Address.ToString()),
            ("HF_TOKEN", "hf_very_secret"));

        refused.AssertFailed(FailureKind.Unauthorized, "HF_TOKEN");
        pulled.AssertSucceeded();
        Assert.DoesNotContain("hf_very_secret", pulled.Error + string.Join('\n', pulled.Lines), StringComparison.Ordinal);
        Assert.All(hub.Requests.Where(seen => seen.OnStorage), seen => Assert.Null(seen.Authorization));
    }

    [Theory]
    [InlineData("no-such-model", null, "There is no public model 'no-such-model'")]
    [InlineData(PlantModel.Name, "q9", "has no dtype 'q9'")]
    public async Task What_does_not_exist_is_named_with_what_does(string name, string? dtype, string named)
    {
        string[] arguments = ["models", "pull", name, .. dtype is null ? Array.Empty<string>() : ["--dtype", dtype]];

        var refused = await RunAsync(arguments);

        refused.AssertFailed(FailureKind.Usage, named);
    }

    private FastVlmProcess StartPull() =>
        FastVlmProcess.Start(home.FullPath, PullArguments("--accept-licence"), ("HF_ENDPOINT", hub.Address.ToString()));

    private Task<CommandResult> PullAsync(params string[] options) =>
        FastVlmProcess.RunAsync(home.FullPath, PullArguments(options), ("HF_ENDPOINT", hub.Address.ToString()));

    // It says why it waits after the connection was cut.
    private static Task<JsonElement> WaitForCutAsync(FastVlmProcess process) =>
        process.WaitForAsync(line => line.GetProperty("type").GetString() == "progress" && line.TryGetProperty("waiting", out _));

    private static string[] PullArguments(params string[] options) => ["models", "pull", PlantModel.Name, "--json", .. options];

    private Task<CommandResult> RunAsync(params string[] arguments) => FastVlmProcess.RunAsync(home.FullPath, arguments);
}
