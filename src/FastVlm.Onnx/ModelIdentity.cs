using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastVlm.Pipeline;

namespace FastVlm.Onnx;

/// <summary>Name, licence and dtype of a model directory, and the digest that tells equal models.</summary>
internal sealed class ModelIdentity
{
    private const int FingerprintBytes = 8;
    private static readonly string[] TokenizerFiles = ["tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"];

    private readonly string _directory;
    private readonly Dictionary<string, string> _recordedDigests = [];

    private ModelIdentity(string directory, JsonElement? manifest)
    {
        _directory = directory;
        Name = Text(manifest, "name") ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        Licence = Text(manifest, "licence") ?? "unknown (the directory does not say)";
        Dtype = Text(manifest, "dtype");
        if (manifest is not { } m || !m.TryGetProperty("files", out var files)) return;
        foreach (var file in files.EnumerateArray())
        {
            if (Text(file, "path") is { } path && Text(file, "sha256") is { } digest) _recordedDigests[path] = digest;
        }
    }

    public string Name { get; }

    public string Licence { get; }

    public string? Dtype { get; }

    public static ModelIdentity Read(string directory)
    {
        var file = Path.Combine(directory, "model.json");
        try
        {
            if (!File.Exists(file)) return new ModelIdentity(directory, null);
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return new ModelIdentity(directory, document.RootElement);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new FailureException(
                FailureKind.ModelInvalid, $"'{file}' is damaged ({broken.Message.TrimEnd('.')}); export, pull or copy the model again.", broken);
        }
    }

    /// <summary>A digest over the graphs in use, their external data and the tokenizer.</summary>
    public string Fingerprint(IReadOnlyList<string> graphs)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var weights = Directory.EnumerateFiles(Path.Combine(_directory, "onnx")).Where(file => !file.EndsWith(".onnx", StringComparison.Ordinal));
        foreach (var file in graphs.Concat(weights.Order(StringComparer.Ordinal)).Concat(TokenizerFiles.Select(name => Path.Combine(_directory, name))))
        {
            if (File.Exists(file)) whole.AppendData(Encoding.ASCII.GetBytes(DigestOf(file).ToUpperInvariant()));
        }

        return Convert.ToHexStringLower(whole.GetHashAndReset().AsSpan(0, FingerprintBytes));
    }

    // Recorded digests are trusted here; `models verify` is what compares them with the files.
    private string DigestOf(string file)
    {
        var relative = Path.GetRelativePath(_directory, file).Replace('\\', '/');
        if (_recordedDigests.TryGetValue(relative, out var recorded)) return recorded;
        using var stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static string? Text(JsonElement? element, string name) =>
        element is { } e && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
