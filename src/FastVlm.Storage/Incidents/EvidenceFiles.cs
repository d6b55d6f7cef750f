using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Storage.Retention;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Incidents;

/// <summary>
/// Evidence pictures as files, one folder per day. A file is on disk before a row names it and is removed after no row
/// names it any more: a crash between leaves an orphan, never a row without its picture.
/// </summary>
internal sealed class EvidenceFiles(string folder)
{
    private const int IdCharsMax = 80;

    public string Folder => folder;

    /// <exception cref="Pipeline.Storage.StorageException">They cannot be written; none is left.</exception>
    public async Task<IReadOnlyList<PictureFile>> WriteAsync(IReadOnlyList<IncidentChange> changes, CancellationToken cancellationToken)
    {
        var written = new List<PictureFile>();
        try
        {
            foreach (var change in changes)
            {
                for (var i = 0; i < (change.Evidence?.Pictures.Count ?? 0); i++)
                {
                    var jpeg = change.Evidence!.Pictures[i].Jpeg;
                    var picture = Place(change.Incident, i, jpeg.Length);
                    written.Add(picture);
                    await WriteAsync(picture.Path, jpeg, cancellationToken);
                }
            }

            foreach (var directory in written.Select(p => Path.GetDirectoryName(p.Path)!).Distinct())
            {
                DirectorySync.Sync(directory);
            }

            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(written.Select(p => p.Path));
            throw StoreFailures.ToStorageException(e, "Writing evidence pictures to", folder);
        }
        catch (OperationCanceledException)
        {
            Remove(written.Select(p => p.Path));
            throw;
        }
    }

    /// <returns>Null where it is gone.</returns>
    public async Task<byte[]?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(Path.Combine(folder, file), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ToStorageException(e, "Reading evidence pictures from", folder);
        }
    }

    /// <inheritdoc cref="Remove"/>
    public int RemoveFiles(IEnumerable<StoredPicture> pictures) => Remove(pictures.Select(p => Path.Combine(folder, p.File)));

    /// <summary>Those that cannot be removed are orphans for the sweeper.</summary>
    /// <returns>How many are gone.</returns>
    public static int Remove(IEnumerable<string> paths)
    {
        var removed = 0;
        foreach (var path in paths)
        {
            try
            {
                File.Delete(path);
                removed++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }

        return removed;
    }

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> jpeg, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        await file.WriteAsync(jpeg, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    private PictureFile Place(Incident incident, int number, long bytes)
    {
        var day = incident.OpenedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var file = string.Create(CultureInfo.InvariantCulture, $"{day}/{FileName(incident.Id)}-{number}.jpg");
        return new PictureFile(incident.Id, number, file, Path.Combine(folder, file), bytes);
    }

    /// <summary>Ids of ours are plain; any other could name a path.</summary>
    private static string FileName(IncidentId id) =>
        id.Value.Length <= IdCharsMax && id.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? id.Value
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id.Value)));
}
