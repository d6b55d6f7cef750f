using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>Copies the files of a model directory, skipping what is not part of the model (hidden files and folders).</summary>
public static class DirectoryCopy
{
    /// <exception cref="FailureException">A file cannot be read or written.</exception>
    public static async Task CopyAsync(string from, string to, IProgress<long>? bytesCopied, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var path in RelativePath.FilesBelow(from).Where(path => !path.Split('/').Any(part => part.StartsWith('.'))))
            {
                var target = RelativePath.Join(to, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await using var source = File.OpenRead(RelativePath.Join(from, path));
                await using var copy = new FileStream(
                    target, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
                await source.CopyToAsync(copy, 1 << 20, cancellationToken);
                bytesCopied?.Report(source.Length);
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.DownloadFailed, $"'{from}' cannot be copied to '{to}': {failed.Message}", failed);
        }
    }
}
