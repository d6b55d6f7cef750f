using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage;

/// <summary>The places of a data directory, held by one process at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const string Open = "open";

    private readonly FileStream _lock;

    private DataDirectory(string fullPath, FileStream @lock, bool endedUncleanly)
    {
        FullPath = fullPath;
        _lock = @lock;
        EndedUncleanly = endedUncleanly;
    }

    public string FullPath { get; }

    public string Database => Path.Combine(FullPath, "fastvlm.db");

    public string Key => Path.Combine(FullPath, "secrets.key");

    public string Evidence => Path.Combine(FullPath, "evidence");

    /// <summary>The process that had it before did not close it.</summary>
    public bool EndedUncleanly { get; }

    /// <summary>Creates it where it is missing, for this user alone.</summary>
    /// <exception cref="StorageException">It cannot be created, or another process holds it.</exception>
    public static DataDirectory Take(string path)
    {
        var fullPath = Path.GetFullPath(path);
        try
        {
            Create(fullPath);
            Create(Path.Combine(fullPath, "evidence"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The data directory '{fullPath}' cannot be created ({e.Message.TrimEnd('.')}); choose another one, or give this user "
                + "the right.",
                e);
        }

        var @lock = Lock(fullPath);
        try
        {
            using var reader = new StreamReader(@lock, leaveOpen: true);
            var directory = new DataDirectory(fullPath, @lock, endedUncleanly: reader.ReadToEnd() == Open);
            directory.Prepare();
            return directory;
        }
        catch (IOException e)
        {
            @lock.Dispose();
            throw StoreFailures.ToStorageException(e, "Writing to the data directory", fullPath);
        }
    }

    /// <summary>Notes a clean end and lets go.</summary>
    public void Dispose()
    {
        Note("");
        _lock.Dispose();
    }

    /// <summary>Lets go as a crash would: the next start takes a look at the database.</summary>
    public void Abandon() => _lock.Dispose();

    private void Prepare()
    {
        // Captions are nobody else's business; SQLite gives its log the mode of the database.
        if (!OperatingSystem.IsWindows() && !File.Exists(Database))
        {
            new FileStream(Database, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }

        // After an unclean end it says so already, which a full disk may not let us write.
        if (!EndedUncleanly)
        {
            Note(Open);
        }
    }

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Lock(string fullPath)
    {
        var path = Path.Combine(fullPath, "fastvlm.lock");
        try
        {
            // Unbuffered: what a full disk refused must not be tried again when it is closed.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageException(
                $"The data directory '{fullPath}' may not be written; give this user the right, or choose another one.", e);
        }
        catch (IOException e)
        {
            throw new StorageException(
                $"The data directory '{fullPath}' is in use by another process ('{path}' is locked); stop that one, or choose another "
                + "directory.",
                e);
        }
    }

    private void Note(string state)
    {
        _lock.SetLength(0);
        _lock.Write(System.Text.Encoding.ASCII.GetBytes(state));
        _lock.Flush(flushToDisk: true);
    }
}
