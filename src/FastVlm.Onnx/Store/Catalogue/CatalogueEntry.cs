using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Catalogue;

/// <summary>What the files of a public model are.</summary>
public enum CatalogueKind
{
    /// <summary>The three graphs, used as they are.</summary>
    OnnxGraphs,

    /// <summary>Safetensors of a training framework, exported after the download.</summary>
    Checkpoint,

    /// <summary>A zip file with such a checkpoint.</summary>
    CheckpointZip,
}

/// <summary>
/// A model that can be pulled: where it is, which of its files are needed for which dtype, what those files really
/// are, and its licence. Read from <c>models/public/*.json</c> and from the site's own catalogue folder.
/// </summary>
public sealed record CatalogueEntry
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required CatalogueKind Kind { get; init; }

    /// <summary>"owner/name" on the hub; null for a zip.</summary>
    public string? Repository { get; init; }

    /// <summary>Branch, tag or commit; resolved to a commit before anything is fetched.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>Address of the zip file; null for a hub repository.</summary>
    public Uri? Archive { get; init; }

    public required string Licence { get; init; }

    /// <summary>What a user must know of the licence; null where there is nothing to accept.</summary>
    public string? LicenceNotice { get; init; }

    /// <summary>The licence text in the repository.</summary>
    public string? LicenceFile { get; init; }

    /// <summary>True where nothing may be fetched before the user has accepted the licence.</summary>
    public bool MustAcceptLicence { get; init; }

    /// <summary>Patterns ('*' within one folder) of files that every dtype needs; each must match at least one file.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Patterns of files that are taken where they exist.</summary>
    public IReadOnlyList<string> OptionalFiles { get; init; } = [];

    public required string DefaultDtype { get; init; }

    public required IReadOnlyList<CatalogueDtype> Dtypes { get; init; }

    /// <summary>The choice called <paramref name="dtype"/>, or the default one.</summary>
    /// <exception cref="FailureException">There is no such choice.</exception>
    public CatalogueDtype Choose(string? dtype) =>
        Dtypes.FirstOrDefault(choice => choice.Dtype == (dtype ?? DefaultDtype))
        ?? throw new FailureException(
            FailureKind.Usage,
            $"Model '{Name}' has no dtype '{dtype}'; choose one of {string.Join(", ", Dtypes.Select(choice => choice.Dtype))}.");
}

/// <summary>One choice of precision and what it really is.</summary>
public sealed record CatalogueDtype
{
    public required string Dtype { get; init; }

    /// <summary>Patterns of the files that this choice adds; each must match at least one file.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>About how much is downloaded, 10⁶ bytes; null where nobody has measured it.</summary>
    public int? DownloadMegabytes { get; init; }

    /// <summary>What the files hold, whatever they are called.</summary>
    public required string Really { get; init; }
}
