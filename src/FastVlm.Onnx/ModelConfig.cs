using System.Text.Json;
using FastVlm.Pipeline;

namespace FastVlm.Onnx;

/// <summary>What config.json and generation_config.json say, as far as running the model needs it.</summary>
internal sealed class ModelConfig
{
    private ModelConfig(JsonElement root, JsonElement? processor, IReadOnlyList<int> stopIds)
    {
        Root = root;
        Processor = processor;
        StopIds = stopIds;
        PositionsMax = Number(root, "max_position_embeddings")
            ?? (root.TryGetProperty("text_config", out var text) ? Number(text, "max_position_embeddings") : null) ?? 0;
    }

    public JsonElement Root { get; }

    public JsonElement? Processor { get; }

    /// <summary>Ids that end an answer, from both files.</summary>
    public IReadOnlyList<int> StopIds { get; }

    /// <summary>Positions the decoder was made for; 0 where the file does not say.</summary>
    public int PositionsMax { get; }

    /// <exception cref="FailureException">config.json is missing, or a file is damaged.</exception>
    public static ModelConfig Read(string directory)
    {
        var config = ReadJson(Path.Combine(directory, "config.json")) ?? throw new FailureException(
            FailureKind.ModelInvalid, $"Model directory '{directory}' has no config.json; export, pull or copy the model again.");
        var generation = ReadJson(Path.Combine(directory, "generation_config.json"));
        List<int> stopIds = [.. Ids(config)];
        if (config.TryGetProperty("text_config", out var text)) stopIds.AddRange(Ids(text));
        if (generation is { } g) stopIds.AddRange(Ids(g));
        return new ModelConfig(config, ReadJson(Path.Combine(directory, "preprocessor_config.json")), [.. stopIds.Distinct()]);
    }

    private static JsonElement? ReadJson(string file)
    {
        try
        {
            if (!File.Exists(file)) return null;
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new FailureException(FailureKind.ModelInvalid,
                    $"'{file}' holds no JSON object; export, pull or copy the model again.");
        }
        catch (JsonException broken)
        {
            throw new FailureException(
                FailureKind.ModelInvalid, $"'{file}' is damaged ({broken.Message.TrimEnd('.')}); export, "
                    + "pull or copy the model again.", broken);
        }
    }

    private static IEnumerable<int> Ids(JsonElement element)
    {
        if (!element.TryGetProperty("eos_token_id", out var value)) return [];
        return value.ValueKind switch
        {
            JsonValueKind.Number => [value.GetInt32()],
            JsonValueKind.Array =>
                [.. value.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.Number).Select(id => id.GetInt32())],
            _ => [],
        };
    }

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
}
