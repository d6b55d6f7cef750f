using System.IO.Compression;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Models;

/// <summary>A zip file with a checkpoint somewhere inside. Its entries come from outside: none may leave the folder.</summary>
internal static class CheckpointArchive
{
    /// <summary>Unpacks the archive and returns the folder that holds the checkpoint.</summary>
    /// <exception cref="FailureException">It is no zip file, holds no checkpoint, or would not fit on the disk.</exception>
    public static string Extract(string archive, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var zip = ZipFile.OpenRead(archive);
            RequireSpace(zip, folder);
            foreach (var entry in zip.Entries.Where(entry => !entry.FullName.EndsWith('/')))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var target = RelativePath.Join(folder, entry.FullName);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                entry.ExtractToFile(target, overwrite: true);
            }
        }
        catch (InvalidDataException damaged)
        {
            throw new FailureException(FailureKind.CheckpointInvalid, $"'{archive}' is no readable zip file: {damaged.Message}", damaged);
        }

        return Directory.EnumerateFiles(folder, "config.json", SearchOption.AllDirectories)
            .Select(config => Path.GetDirectoryName(config)!)
            .FirstOrDefault(found => Directory.EnumerateFiles(found, "*.safetensors").Any())
            ?? throw new FailureException(
                FailureKind.CheckpointInvalid, $"'{archive}' holds no folder with config.json and *.safetensors.");
    }

    private static void RequireSpace(ZipArchive zip, string folder)
    {
        Directory.CreateDirectory(folder);
        var needed = zip.Entries.Sum(entry => entry.Length);
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (needed > free)
        {
            throw new FailureException(
                FailureKind.DownloadFailed,
                $"Unpacking needs {needed / 1e6:0} MB in '{folder}', where {free / 1e6:0} MB are free; free some space or "
                + $"set {ModelHome.Variable} to another disk.");
        }
    }
}
