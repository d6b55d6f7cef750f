namespace FastVlm.Onnx.Store.Hub;

/// <summary>A file of a repository as the hub declares it. Large files have a SHA-256, small ones only git's blob id.</summary>
public sealed record HubFile
{
    public required string Path { get; init; }

    public required Uri Address { get; init; }

    /// <summary>Null where the server does not declare it before the download.</summary>
    public required long? SizeBytes { get; init; }

    public string? Sha256 { get; init; }

    public string? GitSha1 { get; init; }

    /// <summary>The declared digest in one word; null where nothing is declared.</summary>
    public string? Declared => Sha256 is not null ? $"sha256:{Sha256}" : GitSha1 is not null ? $"git-sha1:{GitSha1}" : null;

    /// <summary>What differs between the file on disk and the declaration; null where they agree.</summary>
    public string? Difference(FileDigest actual) =>
        SizeBytes is { } size && size != actual.SizeBytes ? $"it has {actual.SizeBytes} bytes, the hub declares {size}"
        : Sha256 is not null && Sha256 != actual.Sha256 ? $"its SHA-256 is {actual.Sha256}, the hub declares {Sha256}"
        : Sha256 is null && GitSha1 is not null && GitSha1 != actual.GitSha1
            ? $"its git blob id is {actual.GitSha1}, the hub declares {GitSha1}"
        : null;
}

/// <summary>All files of a repository at one commit.</summary>
public sealed record HubListing(string Repository, string Commit, IReadOnlyList<HubFile> Files);
