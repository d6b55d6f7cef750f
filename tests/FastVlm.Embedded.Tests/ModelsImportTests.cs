using System.Text.Json;
using FastVlm.Embedded.Tests.Hub;
using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>Models that come on a stick, and models that were damaged.</summary>
public sealed class ModelsImportTests : IDisposable
{
    private readonly TempDirectory home = new();
    private readonly TempDirectory stick = new();

    public void Dispose()
    {
        home.Dispose();
        stick.Dispose();
    }

    [Fact]
    public async Task A_model_pulled_elsewhere_is_imported_with_its_record()
    {
        var folder = await PullElsewhereAsync();

        var imported = await RunAsync("models", "import", folder, "--accept-licence", "--json");

        imported.AssertSucceeded();
        Assert.Equal(PlantModel.Name, imported.Event("imported").GetProperty("name").GetString());
        var pinned = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(home.File($"models/{PlantModel.Name}/models.lock.json"), TestContext.Current.CancellationToken));
        Assert.Equal(LocalHub.Commit, pinned.GetProperty("revision").GetString());
        Assert.Contains(pinned.GetProperty("files").EnumerateArray(), file => file.TryGetProperty("declared", out _));
        (await RunAsync("models", "verify", PlantModel.Name)).AssertSucceeded();
    }

    [Fact]
    public async Task An_import_asks_for_the_licence_again()
    {
        var folder = await PullElsewhereAsync();

        var refused = await RunAsync("models", "import", folder);

        refused.AssertFailed(FailureKind.LicenceNotAccepted, PlantModel.Name);
        Assert.False(Directory.Exists(home.File("models/" + PlantModel.Name)));
    }

    [Fact]
    public async Task A_byte_changed_on_the_way_is_noticed()
    {
        var folder = await PullElsewhereAsync();
        Damage(Path.Combine(folder, PlantModel.Decoder));

        var refused = await RunAsync("models", "import", folder, "--accept-licence");

        refused.AssertFailed(FailureKind.HashMismatch, PlantModel.Decoder);
        Assert.False(Directory.Exists(home.File("models/" + PlantModel.Name)));
    }

    [Fact]
    public async Task A_folder_without_a_record_gets_one_that_holds_ever_after()
    {
        var folder = PlainFolder();
        (await RunAsync("models", "verify", folder)).AssertFailed(FailureKind.ModelInvalid, "carries no record");

        (await RunAsync("models", "import", folder, "--name", "line-4")).AssertSucceeded();

        (await RunAsync("models", "verify", "line-4")).AssertSucceeded();
        Damage(home.File($"models/line-4/{PlantModel.Decoder}"));
        (await RunAsync("models", "verify", "line-4")).AssertFailed(FailureKind.HashMismatch, PlantModel.Decoder);
    }

    [Fact]
    public async Task A_truncated_file_a_missing_file_and_a_strange_graph_are_told_apart()
    {
        var model = home.File("models/line-4");
        (await RunAsync("models", "import", PlainFolder(), "--name", "line-4")).AssertSucceeded();

        File.WriteAllBytes(Path.Combine(model, "onnx/decoder_model_merged_q4.onnx"), [1]);
        (await RunAsync("models", "verify", "line-4")).AssertFailed(FailureKind.HashMismatch, "no record of the model names it");
        File.Delete(Path.Combine(model, "onnx/decoder_model_merged_q4.onnx"));
        File.WriteAllBytes(Path.Combine(model, "tokenizer.json"), [1, 2]);
        (await RunAsync("models", "verify", "line-4")).AssertFailed(FailureKind.HashMismatch, "it has 2 bytes, recorded are 3");
        File.Delete(Path.Combine(model, "tokenizer.json"));
        (await RunAsync("models", "verify", "line-4")).AssertFailed(FailureKind.ModelInvalid, "lacks the file 'tokenizer.json'");
    }

    [Fact]
    public async Task A_folder_that_lacks_a_graph_is_refused_by_name()
    {
        var folder = PlainFolder();
        File.Delete(Path.Combine(folder, "onnx/embed_tokens.onnx"));

        (await RunAsync("models", "import", folder)).AssertFailed(FailureKind.ModelInvalid, "onnx/embed_tokens.onnx");
    }

    [Fact]
    public async Task A_record_that_points_outside_its_folder_is_refused()
    {
        var folder = PlainFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "model.json"),
            """{"name":"m","licence":"MIT","dtype":"fp32","files":[{"path":"../../etc/passwd","sizeBytes":1,"sha256":"00"}]}""",
            TestContext.Current.CancellationToken);

        (await RunAsync("models", "import", folder)).AssertFailed(FailureKind.ModelInvalid, "'../../etc/passwd'");
    }

    [Fact]
    public async Task The_list_shows_a_damaged_model_as_such()
    {
        (await RunAsync("models", "import", PlainFolder(), "--name", "line-4")).AssertSucceeded();
        File.Delete(home.File("models/line-4/onnx/embed_tokens.onnx"));

        var listed = (await RunAsync("models", "list", "--json")).Events.Single(line => line.GetProperty("name").GetString() == "line-4");

        Assert.Equal("damaged", listed.GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_licence_of_an_imported_research_model_stays_visible()
    {
        var folder = PlainFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "LICENSE"),
            "Apple Machine Learning Research Model License Agreement",
            TestContext.Current.CancellationToken);

        (await RunAsync("models", "import", folder, "--name", "line-4")).AssertFailed(FailureKind.LicenceNotAccepted, "apple-amlr");
        (await RunAsync("models", "import", folder, "--name", "line-4", "--accept-licence")).AssertSucceeded();

        var shown = (await RunAsync("models", "licence", "line-4", "--json")).Event("licence");
        Assert.Equal("apple-amlr (research only)", shown.GetProperty("licence").GetString());
        Assert.True(shown.TryGetProperty("acceptedAt", out _));
        Assert.Contains("Research Model", shown.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private string PlainFolder()
    {
        var folder = stick.File("Plant Model");
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        foreach (var path in PlantModel.Graphs.Append("tokenizer.json"))
        {
            File.WriteAllBytes(Path.Combine(folder, path), [1, 2, (byte)path.Length]);
        }

        return folder;
    }

    private async Task<string> PullElsewhereAsync()
    {
        await using var hub = await LocalHub.StartAsync();
        PlantModel.AddTo(hub);
        PlantModel.AddTo(stick);
        var pulled = await FastVlmProcess.RunAsync(
            stick.FullPath, ["models", "pull", PlantModel.Name, "--accept-licence"], ("HF_ENDPOINT", hub.Address.ToString()));
        pulled.AssertSucceeded();
        return stick.File("models/" + PlantModel.Name);
    }

    private static void Damage(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0x40;
        File.WriteAllBytes(file, bytes);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => FastVlmProcess.RunAsync(home.FullPath, arguments);
}
