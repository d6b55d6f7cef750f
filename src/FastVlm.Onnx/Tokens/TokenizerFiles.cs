using System.Text;
using System.Text.Json;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tokens;

/// <summary>Finds a tokenizer in a model directory: tokenizer.json, else vocab.json with merges.txt and added tokens.</summary>
internal static class TokenizerFiles
{
    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static TokenizerDefinition Read(string directory)
    {
        var whole = Path.Combine(directory, "tokenizer.json");
        var vocabulary = Path.Combine(directory, "vocab.json");
        var merges = Path.Combine(directory, "merges.txt");
        if (File.Exists(whole)) return Guarded(whole, () => TokenizerJson.Read(whole));
        if (File.Exists(vocabulary) && File.Exists(merges)) return Guarded(vocabulary, () => ReadPair(directory, vocabulary, merges));
        throw new FailureException(
            FailureKind.TokenizerInvalid,
            $"Model directory '{directory}' has no tokenizer: it needs tokenizer.json, or vocab.json with merges.txt; "
                + "copy them from the model.");
    }

    // What a damaged JSON file throws depends on how far it is damaged: syntax, a missing member, a wrong type or number.
    private static TokenizerDefinition Guarded(string file, Func<TokenizerDefinition> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or IOException or ArgumentException)
        {
            throw new FailureException(
                FailureKind.TokenizerInvalid,
                $"The tokenizer '{file}' is damaged ({broken.Message.TrimEnd('.')}); copy it again from the model.",
                broken);
        }
    }

    private static TokenizerDefinition ReadPair(string directory, string vocabularyFile, string mergesFile)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(vocabularyFile));
        using var config = ReadOptional(Path.Combine(directory, "tokenizer_config.json"));
        var gpt2 = config?.RootElement.TryGetProperty("tokenizer_class", out var name) == true
            && name.GetString()?.StartsWith("GPT2", StringComparison.Ordinal) == true;
        return new TokenizerDefinition
        {
            Source = vocabularyFile,
            Vocabulary = TokenizerJson.ReadVocabulary(document.RootElement),
            Merges = [.. File.ReadLines(mergesFile, Encoding.UTF8).Where(IsMerge).Select(TokenizerJson.ParseMerge)],
            AddedTokens = ReadAddedTokens(directory, config),
            SplitPatterns = [gpt2 ? TokenizerJson.Gpt2Pattern : Qwen2Pattern],
            ComposesCanonically = !gpt2,
        };
    }

    private static bool IsMerge(string line) => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal);

    private static List<AddedToken> ReadAddedTokens(string directory, JsonDocument? config)
    {
        if (config?.RootElement.TryGetProperty("added_tokens_decoder", out var decoder) == true)
        {
            return [.. decoder.EnumerateObject().Select(entry =>
                TokenizerJson.ReadAddedToken(entry.Value, int.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture)))];
        }

        using var added = ReadOptional(Path.Combine(directory, "added_tokens.json"));
        return added is null
            ? []
            : [.. added.RootElement.EnumerateObject().Select(entry =>
                new AddedToken { Id = entry.Value.GetInt32(), Content = entry.Name, Special = true })];
    }

    private static JsonDocument? ReadOptional(string file) => File.Exists(file) ? JsonDocument.Parse(File.ReadAllBytes(file)) : null;
}
