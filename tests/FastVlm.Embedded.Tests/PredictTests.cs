using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>One picture, one answer, and every input that is bad.</summary>
public sealed class PredictTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task An_answer_says_what_was_said_what_it_cost_and_by_whom()
    {
        var answer = await AnswerAsync("--temperature", "0", "--max-new-tokens", "5");

        Assert.Equal(5, answer.GetProperty("tokens").GetArrayLength());
        Assert.Equal("length", answer.GetProperty("finishReason").GetString());
        Assert.Equal("synthetic-mini", answer.GetProperty("model").GetString());
        Assert.Equal("CC0-1.0", answer.GetProperty("licence").GetString());
        Assert.Equal("cpu", answer.GetProperty("device").GetString());
        Assert.NotEmpty(answer.GetProperty("fingerprint").GetString()!);
        Assert.Equal(5, answer.GetProperty("statistics").GetProperty("newTokens").GetInt32());
        Assert.True(answer.GetProperty("statistics").GetProperty("timeToFirstTokenMs").GetDouble() > 0);
    }

    [Fact]
    public async Task A_person_reads_the_text_alone_on_stdout()
    {
        var json = await AnswerAsync("--temperature", "0", "--max-new-tokens", "8");
        var read = await RunAsync("--temperature", "0", "--max-new-tokens", "8");

        read.AssertSucceeded();
        Assert.Equal(json.GetProperty("text").GetString(), string.Join('\n', read.Lines));
        Assert.Contains("synthetic-mini (CC0-1.0) on cpu: first token after", read.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', string.Join('\n', read.Lines) + read.Error);
    }

    [Fact]
    public async Task Every_flag_of_predict_py_is_taken_in_both_spellings()
    {
        var model = await SharedModels.MiniAsync();
        var picture = await PictureAsync("160x120");
        var original = await FastVlmProcess.RunAsync(home.FullPath,
        [
            "predict", "--model-path", model, "--image-file", picture, "--prompt", "What are these?", "--conv-mode", "qwen_2",
            "--temperature", "0.7", "--top_p", "0.9", "--num_beams", "1", "--seed", "3", "--max-new-tokens", "6", "--json",
        ]);
        var ours = await FastVlmProcess.RunAsync(home.FullPath,
        [
            "predict", "--model", model, "--image_file", picture, "--prompt", "What are these?", "--conv_mode", "qwen_2",
            "--temperature", "0.7", "--top-p", "0.9", "--num-beams", "1", "--seed", "3", "--max_new_tokens", "6", "--json",
        ]);

        original.AssertSucceeded();
        ours.AssertSucceeded();
        Assert.Equal(Tokens(original.Event("answer")), Tokens(ours.Event("answer")));
    }

    [Fact]
    public async Task The_seed_decides_what_sampling_says()
    {
        var first = await AnswerAsync("--temperature", "1.5", "--seed", "1", "--max-new-tokens", "12");
        var again = await AnswerAsync("--temperature", "1.5", "--seed", "1", "--max-new-tokens", "12");
        var other = await AnswerAsync("--temperature", "1.5", "--seed", "2", "--max-new-tokens", "12");

        Assert.Equal(Tokens(first), Tokens(again));
        Assert.NotEqual(Tokens(first), Tokens(other));
    }

    [Fact]
    public async Task Beams_turn_sampling_off_unless_it_is_asked_for()
    {
        var beams = await AnswerAsync("--num_beams", "3", "--max-new-tokens", "4");

        Assert.Equal(4, beams.GetProperty("tokens").GetArrayLength());
        (await RunAsync("--num_beams", "3", "--temperature", "0.5")).AssertFailed(FailureKind.Usage, "beam");
    }

    [Fact]
    public async Task A_directory_with_the_public_files_says_the_same_as_ours()
    {
        var picture = await PictureAsync("160x120");
        string[] rest = ["--image-file", picture, "--temperature", "0", "--max-new-tokens", "12", "--json"];
        var ours = await FastVlmProcess.RunAsync(home.FullPath, ["predict", "--model", await SharedModels.MiniAsync(), .. rest]);
        var theirs = await FastVlmProcess.RunAsync(home.FullPath, ["predict", "--model", await SharedModels.PublicMiniAsync(), .. rest]);

        ours.AssertSucceeded();
        theirs.AssertSucceeded();
        Assert.Equal(Tokens(ours.Event("answer")), Tokens(theirs.Event("answer")));
        Assert.StartsWith("unknown", theirs.Event("answer").GetProperty("licence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_8K_picture_is_answered() =>
        Assert.Equal(
            1, (await AnswerAboutAsync(await PictureAsync("7680x4320"), "--max-new-tokens", "1")).GetProperty("tokens").GetArrayLength());

    [Fact]
    public async Task A_corrupt_picture_is_refused_by_name()
    {
        var whole = await File.ReadAllBytesAsync(await PictureAsync("160x120"), TestContext.Current.CancellationToken);
        var torn = home.File("torn.jpg");
        await File.WriteAllBytesAsync(torn, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);

        (await RunAboutAsync(torn)).AssertFailed(FailureKind.PictureInvalid, "torn.jpg");
    }

    [Fact]
    public async Task A_picture_of_no_size_is_refused()
    {
        var empty = home.File("empty.ppm");
        await File.WriteAllTextAsync(empty, "P6\n0 0\n255\n", TestContext.Current.CancellationToken);

        (await RunAboutAsync(empty)).AssertFailed(FailureKind.PictureInvalid, "empty.ppm");
    }

    [Fact]
    public async Task A_picture_that_is_not_there_is_named() =>
        (await RunAboutAsync(home.File("nowhere.jpg"))).AssertFailed(FailureKind.SourceUnreachable, "nowhere.jpg");

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_with_its_length()
    {
        var refused = await RunAsync("--prompt", new string('x', 40_000));

        refused.AssertFailed(FailureKind.PromptTooLong, "The prompt has 40058 tokens");
    }

    [Fact]
    public async Task A_model_that_is_not_there_a_folder_that_is_none_and_a_missing_graph_are_told_apart()
    {
        var damaged = await SharedModels.CopyOfMiniAsync(home);
        File.Delete(Path.Combine(damaged, "model.json"));
        File.Delete(Path.Combine(damaged, "onnx", "decoder_model_merged.onnx"));
        var empty = Directory.CreateDirectory(home.File("empty")).FullName;

        (await RunWithAsync("no-such-model")).AssertFailed(FailureKind.ModelInvalid, "no model 'no-such-model'");
        (await RunWithAsync(empty)).AssertFailed(FailureKind.ModelInvalid, "is no model");
        (await RunWithAsync(damaged)).AssertFailed(FailureKind.ModelInvalid, "onnx/decoder_model_merged.onnx");
    }

    [Fact]
    public async Task A_changed_graph_is_refused_before_it_is_loaded()
    {
        var damaged = await SharedModels.CopyOfMiniAsync(home);
        var graph = Path.Combine(damaged, "onnx", "vision_encoder.onnx");
        var bytes = await File.ReadAllBytesAsync(graph, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(graph, bytes, TestContext.Current.CancellationToken);

        (await RunWithAsync(damaged)).AssertFailed(FailureKind.HashMismatch, "onnx/vision_encoder.onnx");
    }

    [Fact]
    public async Task The_tokenizer_of_another_model_is_refused()
    {
        // A tokenizer whose control tokens lie beyond this model's vocabulary, in a directory without a record.
        var other = await SharedModels.CopyOfMiniAsync(home);
        File.Delete(Path.Combine(other, "model.json"));
        var file = Path.Combine(other, "tokenizer.json");
        var tokenizer = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        foreach (var token in tokenizer["added_tokens"]!.AsArray())
        {
            token!["id"] = token["id"]!.GetValue<int>() + 151_000;
        }

        await File.WriteAllTextAsync(file, tokenizer.ToJsonString(), TestContext.Current.CancellationToken);

        (await RunWithAsync(other)).AssertFailed(FailureKind.TokenizerInvalid, "tokenizer");
    }

    [Theory]
    [InlineData(FailureKind.DeviceAbsent, "coreml", "--device", "coreml")]
    [InlineData(FailureKind.Usage, "'quantum' is no device", "--device", "quantum")]
    [InlineData(FailureKind.Usage, "no conversation template 'vicuna'", "--conv-mode", "vicuna")]
    [InlineData(FailureKind.Usage, "merge the adapter", "--model-base", "base")]
    [InlineData(FailureKind.Usage, "contradict each other", "--load-4bit", "--dtype", "fp16")]
    [InlineData(FailureKind.Usage, "'--colour'", "--colour")]
    [InlineData(FailureKind.ModelInvalid, "int4", "--load-4bit")]
    public async Task Options_that_cannot_be_met_say_so(FailureKind kind, string named, params string[] options) =>
        (await RunAsync(options)).AssertFailed(kind, named);

    private static string Tokens(JsonElement answer) => answer.GetProperty("tokens").GetRawText();

    private static Task<string> PictureAsync(string size) =>
        TestFfmpeg.ClipAsync($"picture-{size}.jpg", "-f", "lavfi", "-i", $"testsrc2=s={size}", "-frames:v", "1");

    private async Task<JsonElement> AnswerAsync(params string[] options) => await AnswerAboutAsync(await PictureAsync("160x120"), options);

    private async Task<JsonElement> AnswerAboutAsync(string picture, params string[] options)
    {
        var answered = await RunAboutAsync(picture, [.. options, "--json"]);
        answered.AssertSucceeded();
        return answered.Event("answer");
    }

    private async Task<CommandResult> RunAsync(params string[] options) => await RunAboutAsync(await PictureAsync("160x120"), options);

    private async Task<CommandResult> RunAboutAsync(string picture, params string[] options) =>
        await FastVlmProcess.RunAsync(
            home.FullPath, ["predict", "--model", await SharedModels.MiniAsync(), "--image-file", picture, .. options]);

    private async Task<CommandResult> RunWithAsync(string model) =>
        await FastVlmProcess.RunAsync(home.FullPath, ["predict", "--model", model, "--image-file", await PictureAsync("160x120")]);
}
