using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Export;
using FastVlm.Onnx.Prompts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>transformers.js loads the directory that our exporter wrote and answers token for token as our engine does.</summary>
public sealed class SecondImplementationTests(MiniModel mini)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gives_the_same_greedy_tokens(bool publicLayout)
    {
        using var folder = new TemporaryFolder();
        var directory = mini.Copy(folder, publicLayout);
        DescribeForTransformers(directory);
        await CompareAsync(directory);
    }

    [Fact]
    public async Task Gives_the_same_greedy_tokens_for_the_shipped_model()
    {
        var checkpoint = Path.Combine(TestPaths.Repository, "models", "fastvlm-nano");
        Assert.SkipUnless(File.Exists(Path.Combine(checkpoint, "model.safetensors")), "models/fastvlm-nano is not in this checkout");
        using var folder = new TemporaryFolder();
        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = checkpoint, OutputDirectory = folder.Join("nano") }, null,
            TestContext.Current.CancellationToken);
        await CompareAsync(folder.Join("nano"));
    }

    private static async Task CompareAsync(string directory)
    {
        using var model = FastVlmModel.Load(directory, new ModelOptions { Threads = 1 });
        using var node = NodeScript.Start("generate.mjs");

        foreach (var (prompt, seed) in new[] { ("What are these?", 1), ("Is a part on the floor?", 2), ("零件掉了吗？ 🔥", 3) })
        {
            // A picture of exactly the encoder's size, so that both take it as it is.
            var picture = SamplePictures.Noise(model.Description.InputSizePx, model.Description.InputSizePx, seed);
            var ours = model.Generate(
                picture, new GenerationRequest { Prompt = prompt, MaxNewTokens = 32 }, null, TestContext.Current.CancellationToken);
            var theirs = await AskAsync(node, directory, picture, prompt);

            Assert.Equal(theirs.PromptTokens, ours.Statistics.PromptTokenCount);
            // Theirs end with the stop token, where the model stops.
            Assert.Equal(ours.FinishReason == FinishReason.Stop ? theirs.Ids[..^1] : theirs.Ids, ours.TokenIds);
            Assert.Equal(theirs.Text, ours.Text);
        }
    }

    private static async Task<TheirAnswer> AskAsync(NodeScript node, string directory, RgbImage picture, string prompt)
    {
        var (before, after) = ChatTemplate.Qwen2.Format(null, prompt);
        var request = JsonSerializer.Serialize(new
        {
            directory,
            widthPx = picture.WidthPx,
            heightPx = picture.HeightPx,
            pixels = Convert.ToBase64String(picture.Pixels),
            prompt = before + "<image>" + after,
            maxNewTokens = 32,
        });
        var answer = await node.AskAsync(request, TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<TheirAnswer>(answer, JsonSerializerOptions.Web)!;
    }

    // What Apple's released checkpoints carry and the bare golden one does not.
    private static void DescribeForTransformers(string directory)
    {
        var file = Path.Combine(directory, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(file))!;
        config["image_token_index"] = 510;
        File.WriteAllText(file, config.ToJsonString());
        File.WriteAllText(
            Path.Combine(directory, "tokenizer_config.json"),
            """{"tokenizer_class":"Qwen2Tokenizer","clean_up_tokenization_spaces":false}""");
    }

    private sealed record TheirAnswer(int ImageTokens, int PromptTokens, int[] Ids, string Text);
}
