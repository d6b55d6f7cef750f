namespace FastVlm.Export;

/// <summary>What to export, how, and what to write into the model's manifest.</summary>
public sealed record ExportOptions
{
    /// <summary>A directory with config.json and safetensors (one file, or shards with an index).</summary>
    public required string CheckpointDirectory { get; init; }

    /// <summary>The model directory to create; it must not exist, or be empty.</summary>
    public required string OutputDirectory { get; init; }

    public ModelDtype Dtype { get; init; } = ModelDtype.Fp32;

    /// <summary>
    /// The public layout: logits for every position and every graph complete in itself, as the onnx-community files
    /// are. The default gives the last position's logits only, and stores an embedding that equals the head once.
    /// </summary>
    public bool AllPositionLogits { get; init; }

    /// <summary>The model's name in the manifest; the output directory's name when null.</summary>
    public string? Name { get; init; }

    /// <summary>The weights' licence, as an identifier.</summary>
    public string Licence { get; init; } = "unknown";

    /// <summary>A sentence that must accompany the model, if its licence asks for one.</summary>
    public string? LicenceNotice { get; init; }

    /// <summary>Where the checkpoint comes from, for the manifest.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// Bytes of weights above which a graph keeps them in a file beside it. A graph file cannot exceed 2 GiB; a lower
    /// value serves runtimes with smaller limits.
    /// </summary>
    public long ExternalDataThreshold { get; init; } = 2_000_000_000;
}

/// <summary>
/// Where an export stands: the file being written, the checkpoint's tensor that goes into it, and bytes.
/// BytesTotal covers all files together, copied ones included, and is known from the start.
/// </summary>
public readonly record struct ExportProgress(string File, string Tensor, long BytesWritten, long BytesTotal);

/// <summary>
/// What an export wrote. IgnoredTensors lie in the checkpoint but belong to no graph, for example a separate
/// embedding of newlines. SharedEmbedding: embedding and output head are equal and stored once.
/// </summary>
public sealed record ExportReport(
    string Directory,
    ModelManifest Manifest,
    IReadOnlyList<string> IgnoredTensors,
    bool SharedEmbedding,
    ModelSizes Sizes);

/// <summary>The sizes that were found in the checkpoint.</summary>
public sealed record ModelSizes(int Layers, int Hidden, int Heads, int KeyValueHeads, int HeadDim, int Vocabulary, int ImageSize);
