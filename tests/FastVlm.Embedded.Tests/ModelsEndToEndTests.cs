using System.IO.Compression;
using System.Text.Json;
using FastVlm.Embedded.Tests.Hub;
using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>From a hub, a zip or a stick to an answer, with real graphs.</summary>
public sealed class ModelsEndToEndTests : IAsyncLifetime
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden", "fastvlm-mini");

    private readonly TempDirectory home = new();
    private LocalHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await LocalHub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        home.Dispose();
    }

    [Fact]
    public async Task A_directory_of_the_public_form_is_pulled_and_answers_as_the_original()
    {
        var original = await SharedModels.PublicMiniAsync();
        Serve(original);
        WriteManifest("onnxGraphs", "fp32", ["config.json", "tokenizer.json", "onnx/*.onnx"]);

        (await PullAsync()).AssertSucceeded();

        var theirs = await AnswerAsync("plant-model");
        Assert.Equal(Tokens(await AnswerAsync(original)), Tokens(theirs));
        Assert.Equal("plant-model", theirs.GetProperty("model").GetString());
        Assert.Equal("apple-amlr (research only)", theirs.GetProperty("licence").GetString());
    }

    [Fact]
    public async Task A_checkpoint_is_pulled_exported_and_answers()
    {
        Serve(await CheckpointAsync());
        WriteManifest("checkpoint", "int8", ["config.json", "*.safetensors"], ["tokenizer.json", "LICENSE"]);

        var pulled = await PullAsync();

        pulled.AssertSucceeded();
        Assert.Equal("int8", pulled.Event("pulled").GetProperty("dtype").GetString());
        var pinned = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(home.File("models/plant-model/models.lock.json"), TestContext.Current.CancellationToken));
        Assert.Contains(
            pinned.GetProperty("sourceFiles").EnumerateArray(), file => file.GetProperty("path").GetString() == "model.safetensors");
        var manifest = await File.ReadAllTextAsync(home.File("models/plant-model/model.json"), TestContext.Current.CancellationToken);
        Assert.Contains($"at {LocalHub.Commit}, changed: exported to ONNX as int8", manifest, StringComparison.Ordinal);
        (await RunAsync("models", "verify", "plant-model")).AssertSucceeded();
        Assert.Equal("apple-amlr (research only)", (await AnswerAsync("plant-model")).GetProperty("licence").GetString());
    }

    [Fact]
    public async Task A_zip_with_a_checkpoint_is_pulled_and_exported()
    {
        var zip = home.File("checkpoint.zip");
        await ZipFile.CreateFromDirectoryAsync(
            await CheckpointAsync(), zip, CompressionLevel.Fastest, includeBaseDirectory: true, TestContext.Current.CancellationToken);
        hub.Files["llava.zip"] = await File.ReadAllBytesAsync(zip, TestContext.Current.CancellationToken);
        hub.Fail("llava.zip", new Fault { CutAfterBytes = 100_000 });
        WriteManifest("checkpointZip", "fp32", [], archive: new Uri(hub.Address,
            $"{LocalHub.Repository}/resolve/{LocalHub.Commit}/llava.zip"));

        (await PullAsync()).AssertSucceeded();

        Assert.NotNull(hub.StorageRequestsFor("llava.zip").Last().Range);
        Assert.NotEmpty(Tokens(await AnswerAsync("plant-model")));
    }

    [Fact]
    public async Task A_zip_that_reaches_out_of_its_folder_is_refused()
    {
        var zip = home.File("evil.zip");
        await using (var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Create, TestContext.Current.CancellationToken))
        {
            await using var entry = await archive.CreateEntry("../../outside.txt").OpenAsync(TestContext.Current.CancellationToken);
            entry.WriteByte(1);
        }

        hub.Files["llava.zip"] = await File.ReadAllBytesAsync(zip, TestContext.Current.CancellationToken);
        WriteManifest("checkpointZip", "fp32", [], archive: new Uri(hub.Address,
            $"{LocalHub.Repository}/resolve/{LocalHub.Commit}/llava.zip"));

        (await PullAsync()).AssertFailed(FailureKind.ModelInvalid, "'../../outside.txt'");
        Assert.Empty(Directory.EnumerateFiles(home.FullPath, "outside.txt", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_damaged_checkpoint_leaves_no_model()
    {
        Serve(await CheckpointAsync());
        hub.Files["model.safetensors"] = hub.Files["model.safetensors"][..^1000];
        WriteManifest("checkpoint", "fp32", ["config.json", "*.safetensors"]);

        (await PullAsync()).AssertFailed(FailureKind.CheckpointInvalid, "model.safetensors");
        Assert.False(Directory.Exists(home.File("models/plant-model")));
    }

    [Fact]
    public async Task A_checkpoint_on_a_stick_is_imported_and_exported()
    {
        var checkpoint = await CheckpointAsync();

        var imported = await RunAsync("models", "import", checkpoint, "--name", "line-4", "--dtype", "int4", "--json");

        imported.AssertSucceeded();
        Assert.Equal("int4", imported.Event("imported").GetProperty("dtype").GetString());
        Assert.NotEmpty(Tokens(await AnswerAsync("line-4")));
    }

    [Fact]
    public async Task A_checkpoint_folder_is_exported_once_and_again_when_its_content_changes()
    {
        var checkpoint = await CheckpointAsync();
        var picture = await PictureAsync();
        string[] ask = ["predict", "--model", checkpoint, "--image-file", picture, "--temperature", "0", "--max-new-tokens", "4"];

        var first = await RunAsync(ask);
        var second = await RunAsync(ask);
        await File.AppendAllTextAsync(Path.Combine(checkpoint, "config.json"), "\n", TestContext.Current.CancellationToken);
        var third = await RunAsync(ask);

        Assert.Contains("Exporting", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exporting", second.Error, StringComparison.Ordinal);
        Assert.Contains("Exporting", third.Error, StringComparison.Ordinal);
        Assert.Equal(first.Lines, second.Lines);
    }

    [Fact]
    public async Task A_damaged_export_in_the_cache_is_made_again()
    {
        var checkpoint = await CheckpointAsync();
        var picture = await PictureAsync();
        string[] ask = ["predict", "--model", checkpoint, "--image-file", picture, "--temperature", "0", "--max-new-tokens", "4"];
        var first = await RunAsync(ask);
        var graph = Directory.EnumerateFiles(home.File("cache"), "decoder_model_merged.onnx", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(graph, [1, 2, 3], TestContext.Current.CancellationToken);

        var second = await RunAsync(ask);

        second.AssertSucceeded();
        Assert.Contains("It is made again", second.Error, StringComparison.Ordinal);
        Assert.Equal(first.Lines, second.Lines);
    }

    [Fact]
    public async Task An_export_is_compared_with_its_reference_tensor_by_tensor()
    {
        var expected = Path.Combine(Golden, "expected.safetensors");

        var exported = await RunAsync(
            "models", "export", "--checkpoint", Golden, "--out", home.File("out"), "--verify", expected, "--json");

        exported.AssertSucceeded();
        var verification = exported.Event("verification");
        Assert.True(verification.GetProperty("passed").GetBoolean());
        Assert.Equal(24, verification.GetProperty("matchedTokens").GetInt32());
        Assert.All(
            exported.Events.Where(line => line.GetProperty("type").GetString() == "tensor"),
            line => Assert.InRange(line.GetProperty("relativeError").GetDouble(), 0, 1e-3));
    }

    [Fact]
    public async Task An_export_that_computes_something_else_fails_with_its_own_code()
    {
        // The reference of another model: the same names and shapes, other values.
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Golden, "expected.safetensors"), TestContext.Current.CancellationToken);
        for (var i = bytes.Length / 2; i < (bytes.Length / 2) + 100_000; i++)
        {
            bytes[i] ^= 0x10;
        }

        var other = home.File("other.safetensors");
        await File.WriteAllBytesAsync(other, bytes, TestContext.Current.CancellationToken);

        var exported = await RunAsync("models", "export", "--checkpoint", Golden, "--out", home.File("out"), "--verify", other);

        exported.AssertFailed(FailureKind.VerificationFailed, "do not use it");
        Assert.Contains(exported.Lines, line => line.Contains("too far", StringComparison.Ordinal));
    }

    /// <summary>The golden weights with a tokenizer of their size.</summary>
    private async Task<string> CheckpointAsync()
    {
        var folder = Directory.CreateDirectory(home.File("golden-mini")).FullName;
        File.Copy(Path.Combine(Golden, "config.json"), Path.Combine(folder, "config.json"));
        File.Copy(Path.Combine(Golden, "model.safetensors"), Path.Combine(folder, "model.safetensors"));
        File.Copy(Path.Combine(await SharedModels.MiniAsync(), "tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        return folder;
    }

    private void Serve(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            hub.Files[Path.GetRelativePath(folder, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        }
    }

    private void WriteManifest(string kind, string dtype, string[] files, string[]? optionalFiles = null, Uri? archive = null)
    {
        var manifest = new
        {
            name = "plant-model",
            title = "A model of the plant",
            kind,
            repository = archive is null ? LocalHub.Repository : null,
            archive,
            licence = "apple-amlr (research only)",
            licenceNotice = "For research only.",
            mustAcceptLicence = true,
            files,
            optionalFiles = optionalFiles ?? [],
            defaultDtype = dtype,
            dtypes = new[] { new { dtype, really = dtype } },
        };
        Directory.CreateDirectory(home.File("catalogue"));
        File.WriteAllText(home.File("catalogue/plant-model.json"), JsonSerializer.Serialize(manifest));
    }

    private Task<CommandResult> PullAsync() =>
        FastVlmProcess.RunAsync(
            home.FullPath, ["models", "pull", "plant-model", "--accept-licence", "--json"], ("HF_ENDPOINT", hub.Address.ToString()));

    private async Task<JsonElement> AnswerAsync(string model)
    {
        var answered = await RunAsync(
            "predict", "--model", model, "--image-file", await PictureAsync(), "--temperature", "0", "--max-new-tokens", "8", "--json");
        answered.AssertSucceeded();
        return answered.Event("answer");
    }

    private static string Tokens(JsonElement answer) => answer.GetProperty("tokens").GetRawText();

    private static Task<string> PictureAsync() =>
        TestFfmpeg.ClipAsync("end-to-end.jpg", "-f", "lavfi", "-i", "testsrc2=s=160x120", "-frames:v", "1");

    private Task<CommandResult> RunAsync(params string[] arguments) => FastVlmProcess.RunAsync(home.FullPath, arguments);
}
