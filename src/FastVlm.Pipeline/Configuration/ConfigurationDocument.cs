using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// The configuration as a file: entries are known by their names. Selectors may name cameras instead of ids, and endpoints
/// rules. Secrets are masked on export; a mask on import keeps what is stored under that name.
/// </summary>
public sealed record ConfigurationDocument
{
    public IReadOnlyList<CameraSpec> Cameras { get; init; } = [];

    public IReadOnlyList<RuleSpec> Rules { get; init; } = [];

    public IReadOnlyList<EndpointSpec> Endpoints { get; init; } = [];
}

/// <summary>What came of a change.</summary>
public enum ChangeStatus
{
    Done,

    /// <summary><see cref="Change{TEntry}.Errors"/> says why.</summary>
    Invalid,

    NotFound,

    /// <summary>Another entry has the name.</summary>
    NameTaken,

    /// <summary>The configuration file has it; it is changed there.</summary>
    ManagedByFile,
}

/// <summary>A change's outcome.</summary>
public sealed record Change<TEntry>
{
    public required ChangeStatus Status { get; init; }

    /// <summary>The entry after the change; null where it was not made, or removed it.</summary>
    public TEntry? Entry { get; init; }

    /// <summary>All faults at once.</summary>
    public IReadOnlyList<SpecError> Errors { get; init; } = [];
}

/// <summary>One kind of entry: reads from memory, changes are validated, stored and then applied, one at a time.</summary>
public interface ISpecDesk<TId, TSpec>
{
    IReadOnlyList<Entry<TId, TSpec>> List();

    Entry<TId, TSpec>? Find(TId id);

    /// <summary>Validates without changing anything.</summary>
    /// <param name="spec">What the user wrote.</param>
    /// <param name="replaced">The entry that it would replace; null for a new one.</param>
    IReadOnlyList<SpecError> Check(TSpec spec, Entry<TId, TSpec>? replaced);

    /// <exception cref="StorageException">It could not be stored; nothing changed.</exception>
    Task<Change<Entry<TId, TSpec>>> AddAsync(TSpec spec, CancellationToken cancellationToken);

    /// <exception cref="StorageException">It could not be stored; nothing changed.</exception>
    Task<Change<Entry<TId, TSpec>>> ReplaceAsync(TId id, TSpec spec, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the entry by what <paramref name="edit"/> makes of it as it is when its turn comes, so that two edits at once
    /// lose nothing of each other.
    /// </summary>
    /// <param name="id">The entry.</param>
    /// <param name="edit">Quick and without side effects; what it throws reaches the caller, and nothing changes.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StorageException">It could not be stored; nothing changed.</exception>
    Task<Change<Entry<TId, TSpec>>> EditAsync(TId id, Func<TSpec, TSpec> edit, CancellationToken cancellationToken);

    /// <exception cref="StorageException">It could not be stored; nothing changed.</exception>
    Task<Change<Entry<TId, TSpec>>> RemoveAsync(TId id, CancellationToken cancellationToken);
}

/// <summary>The configuration, for API, file and host.</summary>
public interface IConfigurationDesk
{
    PlatformConfiguration Current { get; }

    ISpecDesk<CameraId, CameraSpec> Cameras { get; }

    ISpecDesk<RuleId, RuleSpec> Rules { get; }

    ISpecDesk<EndpointId, EndpointSpec> Endpoints { get; }

    /// <summary>Told after each change was stored, before its caller is answered: old and new. Be quick and do not throw.</summary>
    event Action<PlatformConfiguration, PlatformConfiguration>? Changed;

    ConfigurationDocument Export();

    /// <summary>
    /// Adds or replaces the entries by name, all or none. From <see cref="EntryOrigin.File"/> it also removes those that came
    /// from the file and are no longer in it.
    /// </summary>
    Task<Change<PlatformConfiguration>> ImportAsync(
        ConfigurationDocument document, EntryOrigin origin, CancellationToken cancellationToken);
}
