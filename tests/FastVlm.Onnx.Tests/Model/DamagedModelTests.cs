using System.Text.Json.Nodes;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>What users do to model directories, and the sentence they get.</summary>
public sealed class DamagedModelTests(MiniModel mini)
{
    [Theory]
    [InlineData("vision_encoder")]
    [InlineData("embed_tokens")]
    [InlineData("decoder_model_merged")]
    public void Names_a_missing_graph(string graph) =>
        Expect(FailureKind.ModelInvalid, graph, directory => File.Delete(Path.Combine(directory, "onnx", $"{graph}.onnx")));

    [Theory]
    [InlineData("vision_encoder")]
    [InlineData("decoder_model_merged")]
    public void Names_a_truncated_graph(string graph) => Expect(FailureKind.ModelInvalid, graph, directory =>
    {
        using var file = File.OpenWrite(Path.Combine(directory, "onnx", $"{graph}.onnx"));
        file.SetLength(file.Length / 3);
    });

    [Fact]
    public void Names_a_graph_that_is_another_one() => Expect(FailureKind.ModelInvalid, "inputs_embeds", directory =>
        File.Copy(
            Path.Combine(directory, "onnx", "vision_encoder.onnx"),
            Path.Combine(directory, "onnx", "decoder_model_merged.onnx"), overwrite: true));

    [Fact]
    public void Notices_the_tokenizer_of_a_larger_model() => Expect(FailureKind.TokenizerInvalid, "512", directory =>
        File.Copy(TestPaths.Data("qwen2-form/tokenizer.json"), Path.Combine(directory, "tokenizer.json"), overwrite: true));

    [Fact]
    public void Notices_the_tokenizer_of_a_smaller_model() => Expect(FailureKind.TokenizerInvalid, "511", directory =>
        EditJson(directory, "tokenizer.json", json => json["added_tokens"] = new JsonArray()));

    [Fact]
    public void Notices_a_tokenizer_without_the_template_tokens() => Expect(FailureKind.TokenizerInvalid, "<|im_start|>", directory =>
        EditJson(directory, "tokenizer.json", json => json["added_tokens"]![1]!["content"] = "<|other|>"));

    [Fact]
    public void Asks_for_the_configuration() =>
        Expect(FailureKind.ModelInvalid, "config.json", directory => File.Delete(Path.Combine(directory, "config.json")));

    [Fact]
    public void Names_a_damaged_configuration() =>
        Expect(FailureKind.ModelInvalid, "config.json", directory => File.WriteAllText(Path.Combine(directory, "config.json"), "{"));

    [Theory]
    [InlineData("config.json", "max_position_embeddings", "1.5")]
    [InlineData("config.json", "eos_token_id", "1e99")]
    [InlineData("config.json", "image_aspect_ratio", "7")]
    [InlineData("preprocessor_config.json", "crop_size", "{\"height\":\"big\"}")]
    public void Names_a_configuration_of_the_wrong_kind(string file, string member, string value) =>
        Expect(FailureKind.ModelInvalid, file, directory => EditJson(directory, file, json => json[member] = JsonNode.Parse(value)));

    [Fact]
    public void Asks_for_a_tokenizer() =>
        Expect(FailureKind.TokenizerInvalid, "tokenizer.json", directory => File.Delete(Path.Combine(directory, "tokenizer.json")));

    [Fact]
    public void Lists_what_there_is_when_a_dtype_is_absent()
    {
        var failure = Assert.Throws<FailureException>(() => FastVlmModel.Load(mini.Directory, new ModelOptions { Dtype = "int4" }));

        Assert.Equal(FailureKind.ModelInvalid, failure.Kind);
        Assert.Contains("vision_encoder.onnx", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_a_directory_is_absent()
    {
        var failure = Assert.Throws<FailureException>(() => FastVlmModel.Load("/nowhere/model", new ModelOptions()));

        Assert.Equal(FailureKind.ModelInvalid, failure.Kind);
        Assert.Contains("/nowhere/model", failure.Message, StringComparison.Ordinal);
    }

    private void Expect(FailureKind kind, string named, Action<string> damage)
    {
        using var folder = new TemporaryFolder();
        var directory = mini.Copy(folder);
        damage(directory);

        var failure = Assert.Throws<FailureException>(() => FastVlmModel.Load(directory, new ModelOptions { Threads = 1 }));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static void EditJson(string directory, string name, Action<JsonNode> edit)
    {
        var file = Path.Combine(directory, name);
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        edit(json);
        File.WriteAllText(file, json.ToJsonString());
    }
}
