namespace FastVlm.Onnx.Store;

/// <summary>One file of a model directory as it was when the model was made or fetched.</summary>
public sealed record ModelFile
{
    /// <summary>Relative to the model directory, with forward slashes.</summary>
    public required string Path { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What the place it came from declared, e.g. "sha256:…" or "git-sha1:…"; null where nothing was declared.</summary>
    public string? Declared { get; init; }
}
