using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Export;

/// <summary>One file of a model directory: path with forward slashes, size, SHA-256 in lower-case hex.</summary>
public sealed record ManifestFile(string Path, long SizeBytes, string Sha256);

/// <summary>model.json: what a model directory is, under which licence, and the hash of each of its other files.</summary>
public sealed record ModelManifest
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    public required string Name { get; init; }

    public required string Licence { get; init; }

    public string? LicenceNotice { get; init; }

    /// <summary>fp32, fp16, int8 or int4.</summary>
    public required string Dtype { get; init; }

    public string? Source { get; init; }

    public required IReadOnlyList<ManifestFile> Files { get; init; }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Format);
}
