using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Export.Checkpoints;

/// <summary>
/// What config.json tells that the tensors' shapes cannot: head counts, rotary base, norm epsilon, context length,
/// input resolution. Reads Apple's flat form and the nested <c>text_config</c> of transformers' <c>fast_vlm</c>.
/// </summary>
internal sealed partial record ModelConfig
{
    public required int AttentionHeads { get; init; }

    /// <summary>Null where the file does not say; otherwise the checkpoint must have as many.</summary>
    public int? Layers { get; init; }

    /// <summary>Null where the file does not say: then it follows from the query matrix and <see cref="AttentionHeads"/>.</summary>
    public int? HeadDim { get; init; }

    public required double RopeTheta { get; init; }

    public required float RmsNormEpsilon { get; init; }

    public required int MaxPositions { get; init; }

    /// <summary>Side of the square input in pixels, for a preprocessor_config.json that the checkpoint lacks.</summary>
    public required int ImageSize { get; init; }

    public static ModelConfig Read(string path)
    {
        if (!File.Exists(path))
        {
            throw Invalid(path, "is absent; a checkpoint needs it beside its safetensors");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(path, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Invalid(path, $"cannot be read: {e.Message}", e);
        }
    }

    private static ModelConfig Parse(string path, JsonElement root)
    {
        RefuseWhatTheGraphsLack(path, root);
        var heads = Number(root, "num_attention_heads") ?? throw Invalid(path, "lacks num_attention_heads");
        var theta = Number(root, "rope_theta") ?? Number(Find(root, "rope_parameters"), "rope_theta") ?? 10_000;
        var positions = Number(root, "max_position_embeddings") ?? 32_768;
        var epsilon = Number(root, "rms_norm_eps") ?? 1e-6;
        if (heads is < 1 or > 1024 || positions is < 1 or > 1 << 20 || theta <= 0 || epsilon <= 0)
        {
            throw Invalid(
                path,
                $"has num_attention_heads {heads}, max_position_embeddings {positions}, rope_theta {theta}, "
                + $"rms_norm_eps {epsilon}: each must be positive and of a sensible size");
        }

        return new ModelConfig
        {
            AttentionHeads = (int)heads,
            Layers = (int?)Number(root, "num_hidden_layers"),
            HeadDim = (int?)Number(root, "head_dim"),
            RopeTheta = theta,
            RmsNormEpsilon = (float)epsilon,
            MaxPositions = (int)positions,
            ImageSize = ImageSizeOf(root),
        };
    }

    /// <summary>Settings that would change the computation: better an error than a graph that computes something else.</summary>
    private static void RefuseWhatTheGraphsLack(string path, JsonElement root)
    {
        if (Find(root, "use_sliding_window") is { ValueKind: JsonValueKind.True })
        {
            throw Invalid(path, "asks for use_sliding_window, which the exported decoder does not have");
        }

        var activation = Find(root, "hidden_act");
        if (activation is { ValueKind: JsonValueKind.String } && activation.Value.GetString() != "silu")
        {
            throw Invalid(path, $"asks for the activation '{activation.Value.GetString()}'; a Qwen2 decoder has silu");
        }

        var scaling = Find(root, "rope_scaling") ?? Find(root, "rope_parameters");
        if (scaling is { ValueKind: JsonValueKind.Object }
            && (Nested(scaling.Value, "rope_type") ?? Nested(scaling.Value, "type")) is { ValueKind: JsonValueKind.String } type
            && type.GetString() != "default")
        {
            throw Invalid(path, $"asks for rotary scaling of type '{type.GetString()}', which the exported decoder does not have");
        }
    }

    private static int ImageSizeOf(JsonElement root)
    {
        if (Find(root, "mm_vision_tower") is { ValueKind: JsonValueKind.String } tower)
        {
            var match = TrailingInteger().Match(tower.GetString()!);
            if (match.Success && int.TryParse(match.Value, CultureInfo.InvariantCulture, out var size) && size is >= 32 and <= 8192)
            {
                return size;
            }
        }

        return 1024;
    }

    /// <summary>The language model's settings are at the root (Apple) or in text_config (transformers).</summary>
    private static JsonElement? Find(JsonElement root, string name) =>
        (Nested(root, "text_config") is { ValueKind: JsonValueKind.Object } text ? Nested(text, name) : null) ?? Nested(root, name);

    private static JsonElement? Nested(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static double? Number(JsonElement? root, string name) =>
        root is { } element && Find(element, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    private static FailureException Invalid(string path, string what, Exception? inner = null) =>
        new(FailureKind.CheckpointInvalid, $"The model configuration '{path}' {what}.", inner);

    [GeneratedRegex(@"\d+$")]
    private static partial Regex TrailingInteger();
}
