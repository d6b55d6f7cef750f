using FastVlm.Pipeline;

namespace FastVlm.Onnx.Graphs;

/// <summary>Finds the three graphs of a model directory, whichever dtype suffixes they have.</summary>
internal static class GraphFiles
{
    public const string VisionEncoder = "vision_encoder";
    public const string TokenEmbedding = "embed_tokens";
    public const string Decoder = "decoder_model_merged";

    // What a name for a dtype may be called in file names: our exporter's suffix first, then the public files'.
    private static readonly Dictionary<string, string[]> SuffixesOfDtype = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fp32"] = [""],
        ["fp16"] = ["_fp16"],
        ["int8"] = ["_int8", "_quantized", "_uint8"],
        ["int4"] = ["_q4", "_q4f16", "_bnb4"],
    };

    // Without a wish: exact first, then the smaller ones. A public q4 decoder comes with an fp16 embedding, so each
    // graph is looked for on its own.
    private static readonly string[] Preference = ["", "_fp16", "_q4", "_q4f16", "_int8", "_quantized", "_uint8", "_bnb4"];

    /// <summary>The path of a graph: of the asked-for dtype, else of the one nearest in <see cref="Preference"/>.</summary>
    /// <param name="directory">The model directory.</param>
    /// <param name="graph">File name without suffix and extension.</param>
    /// <param name="dtype">The asked-for dtype; null for none.</param>
    /// <exception cref="FailureException">The graph is missing, or nothing of the asked-for dtype exists.</exception>
    public static string Find(string directory, string graph, string? dtype)
    {
        var wished = dtype is null ? [] : SuffixesOfDtype.GetValueOrDefault(dtype) ?? [$"_{dtype}"];
        foreach (var suffix in wished.Concat(Preference))
        {
            var path = PathOf(directory, graph, suffix);
            if (File.Exists(path)) return path;
        }

        throw new FailureException(
            FailureKind.ModelInvalid,
            $"Model directory '{directory}' lacks the graph onnx/{graph}.onnx (with any dtype suffix); export, "
                + "pull or copy the model again.");
    }

    /// <summary>Fails where a caller's dtype is one that no graph of the directory has.</summary>
    /// <exception cref="FailureException">No graph has that dtype.</exception>
    public static void RequireDtype(string directory, string dtype)
    {
        var suffixes = SuffixesOfDtype.GetValueOrDefault(dtype) ?? [$"_{dtype}"];
        string[] graphs = [VisionEncoder, TokenEmbedding, Decoder];
        if (graphs.Any(graph => suffixes.Any(suffix => File.Exists(PathOf(directory, graph, suffix))))) return;
        var folder = Path.Combine(directory, "onnx");
        var present = Directory.Exists(folder)
            ? string.Join(", ", Directory.EnumerateFiles(folder, "*.onnx").Select(Path.GetFileName).Order(StringComparer.Ordinal))
            : "no onnx folder";
        throw new FailureException(
            FailureKind.ModelInvalid, $"Model directory '{directory}' has no graph of dtype {dtype}; it has {present}.");
    }

    private static string PathOf(string directory, string graph, string suffix) =>
        Path.Combine(directory, "onnx", $"{graph}{suffix}.onnx");
}
