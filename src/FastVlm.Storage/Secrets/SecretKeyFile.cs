using System.Security.Cryptography;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Secrets;

/// <summary>The key of the secrets: 32 random bytes in a file of its own that only its owner may read. Created once.</summary>
internal static class SecretKeyFile
{
    private const int KeyBytes = 32;

    /// <param name="path">The file.</param>
    /// <param name="mayCreate">False where the database holds secrets already, which a new key could not open.</param>
    /// <exception cref="StorageException">It is missing and may not be created, or is no key.</exception>
    public static byte[] Load(string path, bool mayCreate)
    {
        try
        {
            if (!File.Exists(path))
            {
                if (!mayCreate)
                {
                    throw new StorageException($"The key file '{path}' is missing, but the database holds secrets. {Remedy(path)}");
                }

                Create(path);
            }

            var key = File.ReadAllBytes(path);
            return key.Length == KeyBytes
                ? key
                : throw new StorageException($"The key file '{path}' has {key.Length} bytes instead of {KeyBytes}. {Remedy(path)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The key file '{path}' cannot be read or created ({e.Message.TrimEnd('.')}); give this user the right.", e);
        }
    }

    public static string Remedy(string keyPath) =>
        $"Put back the '{Path.GetFileName(keyPath)}' that belongs to this database, or go on without the old secrets: remove the key file, "
        + $"create an empty file 'forget-secrets' in '{Path.GetDirectoryName(keyPath)}' and start again; "
        + "what had secrets is then disabled until they are entered anew.";

    /// <summary>Complete under another name first: a crash never leaves half a key.</summary>
    private static void Create(string path)
    {
        var next = path + ".next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(next);
        using (var file = new FileStream(next, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path);
        Incidents.DirectorySync.Sync(Path.GetDirectoryName(path)!);
    }
}
