using System.Security.Cryptography;
using System.Text;
using FastVlm.Onnx.Store;

namespace FastVlm.Onnx;

/// <summary>A short digest over the graphs in use, their external weights and the tokenizer: equal digests compute equal answers.</summary>
internal static class ModelFingerprint
{
    private const int DigestBytes = 8;
    private static readonly string[] TokenizerFiles = ["tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"];

    public static string Of(ModelDirectory directory, IReadOnlyList<string> graphs)
    {
        var recorded = directory.RecordedFiles.ToDictionary(file => RelativePath.Join(directory.FullPath, file.Path), file => file.Sha256);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var weights = Directory.EnumerateFiles(Path.Combine(directory.FullPath, ModelDirectory.GraphFolder))
            .Where(file => !file.EndsWith(".onnx", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var tokenizer = TokenizerFiles.Select(name => Path.Combine(directory.FullPath, name)).Where(File.Exists);
        foreach (var file in graphs.Concat(weights).Concat(tokenizer))
        {
            whole.AppendData(Encoding.ASCII.GetBytes(DigestOf(file, recorded)));
        }

        return Convert.ToHexStringLower(whole.GetHashAndReset().AsSpan(0, DigestBytes));
    }

    // Recorded digests are trusted here, which saves reading gigabytes at each start; `models verify` compares them.
    private static string DigestOf(string file, Dictionary<string, string> recorded)
    {
        if (recorded.TryGetValue(file, out var digest)) return digest.ToLowerInvariant();
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
