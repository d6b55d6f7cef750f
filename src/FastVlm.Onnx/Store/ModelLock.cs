using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>
/// <c>models.lock.json</c> of an installed model: exactly what was fetched or copied, from where, under which licence,
/// and what each file must hash to ever after.
/// </summary>
public sealed record ModelLock
{
    public const string FileName = "models.lock.json";

    public int Version { get; init; } = 1;

    public required string Name { get; init; }

    /// <summary>Hub and repository, or the folder a copy was taken from.</summary>
    public required string Source { get; init; }

    /// <summary>Commit of the repository; null where there is none.</summary>
    public string? Revision { get; init; }

    public string? Dtype { get; init; }

    public required string Licence { get; init; }

    public string? LicenceNotice { get; init; }

    /// <summary>When the user accepted the licence; null where it asks for no acceptance.</summary>
    public DateTimeOffset? LicenceAcceptedAt { get; init; }

    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary>The files of the directory, all but this one.</summary>
    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>The files the model was exported from, as they were fetched; empty where the files are used as they are.</summary>
    public IReadOnlyList<ModelFile> SourceFiles { get; init; } = [];

    /// <summary>Null where the directory has none.</summary>
    /// <exception cref="FailureException">The lock file is damaged.</exception>
    public static ModelLock? TryRead(string directory) =>
        StoreJson.TryRead<ModelLock>(Path.Combine(directory, FileName));

    public void Write(string directory) => StoreJson.Write(Path.Combine(directory, FileName), this);
}
