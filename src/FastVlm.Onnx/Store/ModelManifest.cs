using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>
/// <c>model.json</c> of a model directory: what the exporter made and what it hashes to. Directories with the public
/// files as they are have none.
/// </summary>
public sealed record ModelManifest
{
    public const string FileName = "model.json";

    public required string Name { get; init; }

    /// <summary>Shown wherever the model is named, e.g. "Apache-2.0" or "apple-amlr (research only)".</summary>
    public required string Licence { get; init; }

    /// <summary>What the licence asks a user to know, in a few sentences.</summary>
    public string? LicenceNotice { get; init; }

    /// <summary>fp32, fp16, int8 or int4.</summary>
    public required string Dtype { get; init; }

    /// <summary>Where the weights came from.</summary>
    public string? Source { get; init; }

    /// <summary>All files of the directory but <c>model.json</c> and the lock file.</summary>
    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>Null where the directory has no manifest.</summary>
    /// <exception cref="FailureException">The manifest is damaged.</exception>
    public static ModelManifest? TryRead(string directory) =>
        StoreJson.TryRead<ModelManifest>(Path.Combine(directory, FileName));
}
