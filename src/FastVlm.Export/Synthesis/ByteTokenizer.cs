using System.Text.Json.Nodes;

namespace FastVlm.Export.Synthesis;

/// <summary>A tokenizer.json of the Qwen2 form whose regular tokens are the 256 bytes, without merges.</summary>
internal static class ByteTokenizer
{
    private const string SplitPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly string[] SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>"];

    public static JsonObject Describe(int firstSpecialToken) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. SpecialTokens.Select((token, i) => (JsonNode)new JsonObject
        {
            ["id"] = firstSpecialToken + i,
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })]),
        ["normalizer"] = new JsonObject { ["type"] = "NFC" },
        ["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = SplitPattern },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false }),
        },
        ["post_processor"] = null,
        ["decoder"] = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = false,
            ["use_regex"] = false,
        },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = "",
            ["end_of_word_suffix"] = "",
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["vocab"] = Vocabulary(),
            ["merges"] = new JsonArray(),
        },
    };

    /// <summary>Bytes as byte-level BPE writes them: printable ones as themselves, the rest from U+0100 on.</summary>
    private static JsonObject Vocabulary()
    {
        var vocabulary = new JsonObject();
        var shifted = 0;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            var character = printable ? (char)value : (char)(256 + shifted++);
            vocabulary[character.ToString()] = value;
        }

        return vocabulary;
    }
}
