using System.Text.Json;
using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tokens;

/// <summary>Reads tokenizer.json as far as byte-level BPE needs it, and refuses by name what it does not know.</summary>
internal static class TokenizerJson
{
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public static TokenizerDefinition Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = document.RootElement;
        var model = root.GetProperty("model");
        if (Text(model, "type") is { } type && type != "BPE") throw Unknown(file, "model type", type);
        if (Flag(model, "byte_fallback")) throw Unknown(file, "model option", "byte_fallback");
        var splitting = ReadSplitting(file, root);
        return new TokenizerDefinition
        {
            Source = file,
            Vocabulary = ReadVocabulary(model.GetProperty("vocab")),
            Merges = [.. model.GetProperty("merges").EnumerateArray().Select(ReadMerge)],
            AddedTokens = Member(root, "added_tokens") is { } added
                ? [.. added.EnumerateArray().Select(token => ReadAddedToken(token, token.GetProperty("id").GetInt32()))]
                : [],
            SplitPatterns = splitting.Patterns,
            AddsPrefixSpace = splitting.AddsPrefixSpace,
            ComposesCanonically = ReadComposition(file, Member(root, "normalizer")),
            IgnoresMerges = Flag(model, "ignore_merges"),
        };
    }

    public static Dictionary<string, int> ReadVocabulary(JsonElement vocabulary)
    {
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in vocabulary.EnumerateObject()) entries[entry.Name] = entry.Value.GetInt32();
        return entries;
    }

    public static (string Left, string Right) ParseMerge(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0 || space == line.Length - 1) throw new FormatException($"'{line}' is no merge of two entries");
        return (line[..space], line[(space + 1)..]);
    }

    public static AddedToken ReadAddedToken(JsonElement token, int id)
    {
        var special = Flag(token, "special");
        return new AddedToken
        {
            Id = id,
            Content = token.GetProperty("content").GetString() ?? throw new FormatException($"the added token {id} has no content"),
            Special = special,
            StripsLeft = Flag(token, "lstrip"),
            StripsRight = Flag(token, "rstrip"),
            SingleWord = Flag(token, "single_word"),
            Normalized = Member(token, "normalized")?.GetBoolean() ?? !special,
        };
    }

    private static (string Left, string Right) ReadMerge(JsonElement merge) => merge.ValueKind == JsonValueKind.Array
        ? (merge[0].GetString()!, merge[1].GetString()!)
        : ParseMerge(merge.GetString()!);

    private static bool ReadComposition(string file, JsonElement? normalizer)
    {
        if (normalizer is not { } present) return false;
        var composes = false;
        foreach (var step in Steps(present, "normalizers"))
        {
            var type = Text(step, "type");
            if (type != "NFC") throw Unknown(file, "normalizer", type);
            composes = true;
        }

        return composes;
    }

    private static (List<string> Patterns, bool AddsPrefixSpace) ReadSplitting(string file, JsonElement root)
    {
        List<string> patterns = [];
        var addsPrefixSpace = false;
        var byteLevel = false;
        foreach (var step in Member(root, "pre_tokenizer") is { } present ? Steps(present, "pretokenizers") : [])
        {
            switch (Text(step, "type"))
            {
                case "Split" when Text(step, "behavior") == "Isolated":
                    patterns.Add(ReadPattern(step.GetProperty("pattern")));
                    break;
                case "Digits":
                    patterns.Add(Flag(step, "individual_digits") ? @"\p{N}" : @"\p{N}+");
                    break;
                case "ByteLevel" when !Flag(step, "add_prefix_space") || patterns.Count == 0:
                    byteLevel = true;
                    addsPrefixSpace = Flag(step, "add_prefix_space");
                    if (Member(step, "use_regex")?.GetBoolean() ?? true) patterns.Add(Gpt2Pattern);
                    break;
                case var other:
                    throw Unknown(file, "pre-tokenizer", $"{other} ({Text(step, "behavior") ?? "add_prefix_space"})");
            }
        }

        return byteLevel ? (patterns, addsPrefixSpace) : throw Unknown(file, "pre-tokenizer", "one without ByteLevel");
    }

    private static string ReadPattern(JsonElement pattern) =>
        Text(pattern, "Regex") ?? Regex.Escape(pattern.GetProperty("String").GetString()!);

    private static JsonElement[] Steps(JsonElement element, string member) =>
        Text(element, "type") == "Sequence" ? [.. element.GetProperty(member).EnumerateArray()] : [element];

    private static JsonElement? Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string name) => Member(element, name)?.GetString();

    private static bool Flag(JsonElement element, string name) => Member(element, name)?.GetBoolean() ?? false;

    private static FailureException Unknown(string file, string what, string? name) =>
        new(FailureKind.TokenizerInvalid, $"The tokenizer '{file}' has the {what} '{name}', "
            + "which this program does not know; only byte-level BPE is supported.");
}
