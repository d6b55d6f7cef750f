namespace FastVlm.Pipeline.Configuration;

/// <summary>What cameras, rules and endpoints do each in their own way, so that changes can be written once.</summary>
internal abstract class EntryKind<TId, TSpec>
    where TId : struct, IIdentifier<TId>
    where TSpec : class
{
    /// <summary>For messages: "camera".</summary>
    public abstract string Noun { get; }

    public abstract int CountMax { get; }

    /// <summary>The list's name in a document: "cameras".</summary>
    public abstract string ListName { get; }

    public abstract IReadOnlyList<Entry<TId, TSpec>> In(PlatformConfiguration configuration);

    public abstract PlatformConfiguration With(PlatformConfiguration configuration, IReadOnlyList<Entry<TId, TSpec>> entries);

    public abstract string NameOf(TSpec spec);

    public abstract TId NewId(DateTimeOffset now);

    /// <summary>Puts stored secrets back in and finds the faults of the spec itself.</summary>
    public abstract Prepared<TSpec> Prepare(TSpec spec, TSpec? stored);

    /// <summary>Faults in what the spec refers to.</summary>
    public abstract IReadOnlyList<SpecError> CheckReferences(TSpec spec, PlatformConfiguration configuration);

    /// <summary>Names in references become ids; a fault where nothing has the name.</summary>
    public abstract TSpec Link(TSpec spec, PlatformConfiguration configuration, FaultList faults);

    /// <summary>Ids in references become names.</summary>
    public abstract TSpec Name(TSpec spec, PlatformConfiguration configuration);

    /// <summary>Takes the entry's id out of whatever refers to it, or says why that must not be.</summary>
    public abstract Prepared<PlatformConfiguration> Unlink(TId id, PlatformConfiguration configuration);

    /// <summary>A change that the platform itself may make to an entry of the configuration file.</summary>
    public virtual bool IsOwnDoing(TSpec stored, TSpec changed) => false;
}
