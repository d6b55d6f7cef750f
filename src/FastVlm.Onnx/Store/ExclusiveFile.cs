namespace FastVlm.Onnx.Store;

/// <summary>
/// A file held open by one process at a time. The operating system releases it when its holder ends, however it ends,
/// so a crash never leaves a model locked.
/// </summary>
public sealed class ExclusiveFile : IDisposable
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _stream;

    private ExclusiveFile(FileStream stream) => _stream = stream;

    /// <summary>Null where another process holds it.</summary>
    public static ExclusiveFile? TryAcquire(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new ExclusiveFile(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Waits until nobody else holds it.</summary>
    public static async Task<ExclusiveFile> AcquireAsync(
        string path, Action onWait, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            if (TryAcquire(path) is { } held)
            {
                return held;
            }

            if (!told)
            {
                onWait();
            }

            await Task.Delay(RetryEvery, timeProvider, cancellationToken);
        }
    }

    public void Dispose() => _stream.Dispose();
}
