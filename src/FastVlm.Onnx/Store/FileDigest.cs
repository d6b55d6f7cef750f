using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FastVlm.Onnx.Store;

/// <summary>What a file on disk hashes to: SHA-256, and the id git would give it (small files on a hub have only that).</summary>
public sealed record FileDigest
{
    private const int BufferBytes = 1 << 20;

    public required long SizeBytes { get; init; }

    public required string Sha256 { get; init; }

    public required string GitSha1 { get; init; }

    /// <summary>Reads the whole file once.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="bytesRead">Told the size of each piece read; null to skip.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    [SuppressMessage(
        "Security", "CA5350", Justification = "Git names blobs by SHA-1; it is compared with what the hub declares, besides SHA-256.")]
    public static async Task<FileDigest> ComputeAsync(string file, IProgress<long>? bytesRead, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var gitSha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        gitSha1.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long total = 0;
            for (int count; (count = await stream.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken)) > 0; total += count)
            {
                sha256.AppendData(buffer, 0, count);
                gitSha1.AppendData(buffer, 0, count);
                bytesRead?.Report(count);
            }

            return new FileDigest
            {
                SizeBytes = total,
                Sha256 = Convert.ToHexStringLower(sha256.GetHashAndReset()),
                GitSha1 = Convert.ToHexStringLower(gitSha1.GetHashAndReset()),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ModelFile ToModelFile(string path, string? declared = null) =>
        new() { Path = path, SizeBytes = SizeBytes, Sha256 = Sha256, Declared = declared };
}
