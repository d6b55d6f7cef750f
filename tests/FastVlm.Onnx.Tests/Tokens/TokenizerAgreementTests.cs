using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Onnx.Tokens;

namespace FastVlm.Onnx.Tests.Tokens;

/// <summary>Our tokenizer beside two others: @huggingface/transformers live, and recorded answers of the Rust one.</summary>
public sealed class TokenizerAgreementTests
{
    [Theory]
    [InlineData("arrays")]
    [InlineData("strings")]
    [InlineData("added")]
    public async Task Agrees_with_transformers_on_2400_strings(string form)
    {
        using var folder = new TemporaryFolder();
        if (form == "strings") TokenizerForms.WriteStrings(folder.FullPath);
        else TokenizerForms.WriteArrays(folder.FullPath, form == "added" ? KeepToken() : null);
        var tokenizer = Tokenizer.Load(folder.FullPath);
        var texts = SampleTexts.Build(2_400);

        using var node = NodeScript.Start("tokenize.mjs");
        var request = JsonSerializer.Serialize(new { directory = folder.FullPath, texts });
        var answer = await node.AskAsync(request, TestContext.Current.CancellationToken);
        var expected = JsonSerializer.Deserialize<TokenizedText[]>(answer, JsonSerializerOptions.Web)!;

        Assert.Equal(texts.Count, expected.Length);
        for (var i = 0; i < texts.Count; i++)
        {
            var ids = tokenizer.Encode(texts[i]);
            Assert.True(expected[i].Ids.AsSpan().SequenceEqual(ids), Difference(texts[i], expected[i].Ids, ids));
            Assert.Equal(expected[i].Text, tokenizer.Decode(ids, keepSpecial: true));
            Assert.Equal(expected[i].Plain, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Agrees_with_the_reference_implementation_on_recorded_hard_cases()
    {
        var recorded = JsonNode.Parse(File.ReadAllText(TestPaths.Data("qwen2-form/reference-cases.json")))!;
        using var folder = new TemporaryFolder();
        TokenizerForms.WriteArrays(folder.FullPath, recorded["addedTokens"]!.AsArray());
        var tokenizer = Tokenizer.Load(folder.FullPath);

        foreach (var hard in recorded["cases"]!.AsArray())
        {
            var text = hard!["text"]!.GetValue<string>();
            var expected = hard["ids"]!.AsArray().Select(id => id!.GetValue<int>()).ToArray();
            var ids = tokenizer.Encode(text);
            Assert.True(expected.AsSpan().SequenceEqual(ids), Difference(text, expected, ids));
        }
    }

    private static JsonArray KeepToken() =>
        [new JsonObject { ["id"] = 5_000, ["content"] = "<keep>", ["special"] = false, ["lstrip"] = true, ["rstrip"] = true }];

    private static string Difference(string text, int[] expected, int[] actual) =>
        $"{JsonSerializer.Serialize(text)}\nexpected {string.Join(' ', expected)}\nactual   {string.Join(' ', actual)}";

    private sealed record TokenizedText(int[] Ids, string Text, string Plain);
}
