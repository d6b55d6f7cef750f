using System.Security.Cryptography;
using System.Text;
using FastVlm.Embedded.Commands;
using FastVlm.Export;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Models;

/// <summary>
/// Exported checkpoints by content: the same files, precision and exporter give the same directory, made once. Another
/// process that needs it meanwhile waits; a damaged one is made again.
/// </summary>
internal sealed class ExportedCheckpoints(CommandContext context)
{
    // Enough of a SHA-256 that two checkpoints of one machine never meet.
    private const int KeyCharacters = 16;

    public async Task<ModelDirectory> GetAsync(ModelReference.Checkpoint checkpoint, ModelDtype dtype, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(checkpoint.Path, cancellationToken);
        var folder = Path.Combine(context.Home.CacheFolder, $"{checkpoint.Name}-{dtype.Name()}-{key}");
        using var exclusive = await ExclusiveFile.AcquireAsync(
            folder + ".lock",
            () => context.Output.Remark($"Another fastvlm process is exporting '{checkpoint.Name}'; waiting for it."),
            context.Environment.TimeProvider,
            cancellationToken);
        if (await TryOpenAsync(folder, cancellationToken) is { } there)
        {
            return there;
        }

        context.Output.Remark($"Exporting '{checkpoint.Name}' to ONNX ({dtype.Name()}); this happens once.");
        var options = new ExportOptions
        {
            CheckpointDirectory = checkpoint.Path,
            OutputDirectory = folder,
            Dtype = dtype,
            Name = checkpoint.Name,
            Licence = CheckpointLicence.Of(checkpoint.Path),
            Source = checkpoint.Path,
        };
        await ExportRun.ExportAsync(options, context, cancellationToken);
        return ModelDirectory.Open(folder);
    }

    private async Task<ModelDirectory?> TryOpenAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        try
        {
            var directory = ModelDirectory.Open(folder);
            await directory.VerifyAsync(bytesRead: null, cancellationToken);
            return directory;
        }
        catch (FailureException damaged)
        {
            context.Output.Remark($"{damaged.Message} It is made again.");
            Directory.Delete(folder, recursive: true);
            return null;
        }
    }

    // The exporter's own identity belongs to the key: a new version may write other graphs from the same weights.
    private static async Task<string> KeyAsync(string checkpoint, CancellationToken cancellationToken)
    {
        var text = new StringBuilder().Append(typeof(CheckpointExporter).Module.ModuleVersionId).Append('\n');
        foreach (var file in Directory.EnumerateFiles(checkpoint).Order(StringComparer.Ordinal))
        {
            var digest = await FileDigest.ComputeAsync(file, bytesRead: null, cancellationToken);
            text.Append(Path.GetFileName(file)).Append(' ').Append(digest.Sha256).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..KeyCharacters];
    }
}
