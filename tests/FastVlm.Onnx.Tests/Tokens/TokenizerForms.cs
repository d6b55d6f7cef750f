using System.Text.Json.Nodes;

namespace FastVlm.Onnx.Tests.Tokens;

/// <summary>The committed tokenizer written in the forms in which public models carry theirs.</summary>
internal static class TokenizerForms
{
    private static JsonObject Committed() =>
        JsonNode.Parse(File.ReadAllText(TestPaths.Data("qwen2-form/tokenizer.json")))!.AsObject();

    /// <summary>tokenizer.json with merges as arrays, as newer releases write it.</summary>
    public static void WriteArrays(string directory, JsonArray? addedTokens = null)
    {
        var tokenizer = Committed();
        if (addedTokens is not null)
        {
            foreach (var token in addedTokens) tokenizer["added_tokens"]!.AsArray().Add(token!.DeepClone());
        }

        Write(directory, tokenizer);
    }

    /// <summary>tokenizer.json with merges as strings, as older releases write it.</summary>
    public static void WriteStrings(string directory)
    {
        var tokenizer = Committed();
        tokenizer["model"]!["merges"] = new JsonArray([.. MergeLines(tokenizer).Select(line => JsonValue.Create(line))]);
        Write(directory, tokenizer);
    }

    /// <summary>vocab.json, merges.txt and tokenizer_config.json, without tokenizer.json.</summary>
    public static void WritePair(string directory)
    {
        var tokenizer = Committed();
        var decoder = new JsonObject();
        foreach (var token in tokenizer["added_tokens"]!.AsArray()) decoder[token!["id"]!.ToString()] = token.DeepClone();
        File.WriteAllText(Path.Combine(directory, "vocab.json"), tokenizer["model"]!["vocab"]!.ToJsonString());
        File.WriteAllLines(Path.Combine(directory, "merges.txt"), ["#version: 0.2", .. MergeLines(tokenizer)]);
        var config = new JsonObject { ["tokenizer_class"] = "Qwen2Tokenizer", ["added_tokens_decoder"] = decoder };
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), config.ToJsonString());
    }

    private static IEnumerable<string> MergeLines(JsonObject tokenizer) =>
        tokenizer["model"]!["merges"]!.AsArray().Select(merge => $"{merge![0]} {merge[1]}");

    private static void Write(string directory, JsonObject tokenizer)
    {
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), tokenizer.ToJsonString());
        var config = new JsonObject { ["tokenizer_class"] = "Qwen2Tokenizer", ["clean_up_tokenization_spaces"] = false };
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), config.ToJsonString());
    }
}
