using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Export.Checkpoints;
using FastVlm.Pipeline;

namespace FastVlm.Export.Synthesis;

/// <summary>What to synthesise.</summary>
public sealed record SyntheticOptions
{
    /// <summary>mini, 0.5b, 1.5b or 7b: the dimensions of the released models, and of the tests' smallest.</summary>
    public required string Size { get; init; }

    /// <summary>The model directory to create; it must not exist, or be empty.</summary>
    public required string OutputDirectory { get; init; }

    public ModelDtype Dtype { get; init; } = ModelDtype.Fp32;

    public int Seed { get; init; } = 1;

    /// <summary>See <see cref="ExportOptions.AllPositionLogits"/>.</summary>
    public bool AllPositionLogits { get; init; }

    /// <summary>See <see cref="ExportOptions.ExternalDataThreshold"/>.</summary>
    public long ExternalDataThreshold { get; init; } = 2_000_000_000;
}

/// <summary>
/// Writes a model of FastVLM's architecture with seeded random weights, for benchmarks: the same graphs as an export,
/// the same speed, and no sense in what it says. Weights are made as they are written; the 7B model needs about 2 GB
/// of memory. Its tokenizer knows bytes and the four special tokens.
/// </summary>
public static class SyntheticModel
{
    /// <summary>The sizes there are.</summary>
    public static IReadOnlyList<string> Sizes => SyntheticSize.Names;

    /// <exception cref="FailureException">Usage: no such size, or the output directory is not empty or not writable.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind.</exception>
    public static ExportReport Write(SyntheticOptions options, IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var size = SyntheticSize.Of(options.Size);
        return ModelDirectory.Create(options.OutputDirectory, staging =>
        {
            var companions = Path.Combine(staging, ".companions");
            Directory.CreateDirectory(companions);
            WriteCompanions(size, companions);
            var export = new ExportOptions
            {
                CheckpointDirectory = companions,
                OutputDirectory = options.OutputDirectory,
                Dtype = options.Dtype,
                AllPositionLogits = options.AllPositionLogits,
                ExternalDataThreshold = options.ExternalDataThreshold,
                Name = $"synthetic-{size.Name}",
                Licence = "CC0-1.0",
                LicenceNotice = "Random weights for benchmarks: what this model says has no meaning.",
                Source = $"fastvlm models synth --size {size.Name} (seed {options.Seed})",
            };
            var config = ModelConfig.Read(Path.Combine(companions, "config.json"));
            var report = new ModelWriter(export, new SyntheticWeights(size, options.Seed), config, staging)
                .Write(progress, cancellationToken);
            Directory.Delete(companions, recursive: true);
            return report;
        });
    }

    private static void WriteCompanions(SyntheticSize size, string directory)
    {
        var special = size.FirstSpecialToken;
        WriteJson(directory, "config.json", new JsonObject
        {
            ["architectures"] = new JsonArray("LlavaQwen2ForCausalLM"),
            ["model_type"] = "llava_qwen2",
            ["mm_vision_tower"] = $"mobileclip_l_{size.ImageSize}",
            ["mm_hidden_size"] = 2 * size.Widths[^1],
            ["mm_projector_type"] = "mlp2x_gelu",
            ["image_aspect_ratio"] = "pad",
            ["image_token_index"] = special + 3,
            ["hidden_act"] = "silu",
            ["bos_token_id"] = special,
            ["eos_token_id"] = special + 2,
            ["max_position_embeddings"] = size.MaxPositions,
            ["use_sliding_window"] = false,
            ["hidden_size"] = size.Hidden,
            ["num_hidden_layers"] = size.Layers,
            ["num_attention_heads"] = size.Heads,
            ["num_key_value_heads"] = size.KeyValueHeads,
            ["intermediate_size"] = size.Intermediate,
            ["vocab_size"] = size.Vocabulary,
            ["rope_theta"] = 1_000_000.0,
            ["rms_norm_eps"] = 1e-6,
            ["tie_word_embeddings"] = size.TiedHead,
        });
        WriteJson(directory, "generation_config.json", new JsonObject
        {
            ["bos_token_id"] = special,
            ["eos_token_id"] = new JsonArray(special + 2, special),
            ["pad_token_id"] = special,
        });
        WriteJson(directory, "tokenizer_config.json", new JsonObject
        {
            ["tokenizer_class"] = "Qwen2Tokenizer",
            ["eos_token"] = "<|im_end|>",
            ["pad_token"] = "<|endoftext|>",
        });
        WriteJson(directory, "tokenizer.json", ByteTokenizer.Describe(special));
    }

    private static void WriteJson(string directory, string name, JsonObject content) =>
        File.WriteAllText(Path.Combine(directory, name), content.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }));
}
