using FastVlm.Onnx.Store.Catalogue;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>What was fetched, and from which commit.</summary>
public sealed record FetchedModel(string Source, string? Revision, IReadOnlyList<ModelFile> Files);

/// <summary>
/// Fetches the files of a catalogue entry into a folder. What an interrupted fetch left there is used again after its
/// digest has been checked.
/// </summary>
public sealed class ModelFetch(HubClient hub, DownloadRetries retries, TimeProvider timeProvider)
{
    // The first contact gives up early: a wrong address or a plant without internet should not cost minutes.
    private const int FirstContactAttemptsMax = 4;

    // Room for what else the disk holds; a full disk hurts more than one model.
    private const long SpareBytes = 64L << 20;

    private readonly Patience _firstContact = new(
        retries with { FruitlessAttemptsMax = Math.Min(retries.FruitlessAttemptsMax, FirstContactAttemptsMax) }, timeProvider);

    private readonly FileDownload _download = new(hub, retries, timeProvider);

    /// <summary>The repository's files at the commit that the entry's revision points to now.</summary>
    public Task<HubListing> ListAsync(CatalogueEntry entry, IProgress<TransferProgress> progress, CancellationToken cancellationToken)
    {
        var repository = entry.Repository ?? throw new ArgumentException($"'{entry.Name}' has no repository.", nameof(entry));
        return _firstContact.RunAsync(
            $"The list of files of '{repository}'",
            async token => await hub.ListAsync(repository, await hub.ResolveCommitAsync(repository, entry.Revision, token), token),
            () => false,
            reason => progress.Report(
                new TransferProgress { Path = repository, BytesDone = 0, BytesTotal = null, BytesPerSecond = 0, Waiting = reason }),
            cancellationToken);
    }

    /// <summary>The licence text of the repository; null where the entry names none or the repository lacks it.</summary>
    public async Task<string?> ReadLicenceAsync(CatalogueEntry entry, HubListing listing, CancellationToken cancellationToken) =>
        listing.Files.FirstOrDefault(file => file.Path == entry.LicenceFile) is { } file
            ? await _firstContact.RunAsync(
                $"'{file.Path}'", token => hub.ReadTextAsync(file, token), () => false, _ => { }, cancellationToken)
            : null;

    /// <summary>Fetches what the chosen dtype needs of a listed repository.</summary>
    public async Task<FetchedModel> FetchAsync(
        CatalogueEntry entry, CatalogueDtype dtype, HubListing listing, FetchTarget target, CancellationToken cancellationToken)
    {
        var files = FileSelection.Choose(entry, dtype, listing);
        var fetched = await FetchAllAsync(files, target, cancellationToken);
        return new FetchedModel($"{HubClient.Shown(hub.Address).TrimEnd('/')}/{listing.Repository}", listing.Commit, fetched);
    }

    /// <summary>Fetches one archive from an address that declares no digest: its size and SHA-256 are recorded as they come.</summary>
    public async Task<FetchedModel> FetchArchiveAsync(Uri address, string fileName, FetchTarget target, CancellationToken cancellationToken)
    {
        var file = new HubFile { Path = fileName, Address = address, SizeBytes = null };
        return new FetchedModel(HubClient.Shown(address), null, await FetchAllAsync([file], target, cancellationToken));
    }

    private async Task<IReadOnlyList<ModelFile>> FetchAllAsync(
        IReadOnlyList<HubFile> files, FetchTarget target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target.Folder);
        long? total = files.All(file => file.SizeBytes is not null) ? files.Sum(file => file.SizeBytes!.Value) : null;
        RequireSpace(files, target.Folder);
        var observer = new TransferObserver(total, target.Progress, timeProvider);
        var fetched = new List<ModelFile>();
        foreach (var file in files)
        {
            var digest = await FetchOneAsync(file, RelativePath.Join(target.Folder, file.Path), observer, cancellationToken);
            observer.Finish(file.Path);
            fetched.Add(digest.ToModelFile(file.Path, file.Declared));
        }

        RemoveOthers(target.Folder, files);
        return fetched;
    }

    // An earlier attempt may have fetched another dtype into the same folder.
    private static void RemoveOthers(string folder, IReadOnlyList<HubFile> wanted)
    {
        var names = wanted.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in RelativePath.FilesBelow(folder).Where(path => !names.Contains(path)))
        {
            File.Delete(RelativePath.Join(folder, path));
        }
    }

    private async Task<FileDigest> FetchOneAsync(HubFile file, string path, TransferObserver observer, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            var there = await FileDigest.ComputeAsync(path, bytesRead: null, cancellationToken);
            if (file.Difference(there) is null)
            {
                observer.Skip(there.SizeBytes);
                return there;
            }
        }

        try
        {
            return await _download.RunAsync(file, path, observer, cancellationToken);
        }
        catch (IOException failed)
        {
            throw new FailureException(
                FailureKind.DownloadFailed,
                $"'{path}' cannot be written: {failed.Message.TrimEnd('.')}; free some space or set {ModelHome.Variable} to "
                + "another disk, then run the command again, it resumes.",
                failed);
        }
    }

    private static void RequireSpace(IReadOnlyList<HubFile> files, string folder)
    {
        var missing = files.Sum(file => Math.Max(0, (file.SizeBytes ?? 0) - AlreadyThere(RelativePath.Join(folder, file.Path))));
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (missing + SpareBytes > free)
        {
            throw new FailureException(
                FailureKind.DownloadFailed,
                $"The download needs {missing / 1e6:0} MB more in '{folder}', where {free / 1e6:0} MB are free; free some "
                + $"space or set {ModelHome.Variable} to another disk.");
        }
    }

    private static long AlreadyThere(string path) =>
        File.Exists(path) ? new FileInfo(path).Length : File.Exists(path + ".part") ? new FileInfo(path + ".part").Length : 0;
}

/// <summary>Where fetched files go and who is told.</summary>
public sealed record FetchTarget(string Folder, IProgress<TransferProgress> Progress);
