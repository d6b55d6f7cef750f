namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// Decides what a document makes of a configuration: entries are added or replaced by name, all or none. From the
/// configuration file it also takes over entries of the same name, and removes those that it no longer holds. Pure.
/// </summary>
internal sealed class ConfigurationImport
{
    private readonly EntryOrigin origin;
    private readonly DateTimeOffset now;
    private readonly FaultList faults = new();
    private bool isChanged;

    private ConfigurationImport(EntryOrigin origin, DateTimeOffset now)
    {
        this.origin = origin;
        this.now = now;
    }

    public static Edit<PlatformConfiguration> Apply(
        ConfigurationDocument document,
        EntryOrigin origin,
        PlatformConfiguration current,
        (CameraEntries Cameras, EndpointEntries Endpoints) kinds,
        DateTimeOffset now)
    {
        var import = new ConfigurationImport(origin, now);
        var (cameras, endpoints) = kinds;
        var rules = new RuleEntries();
        var next = import.Merge(cameras, current, document.Cameras);
        next = import.Merge(rules, next, document.Rules);
        next = import.Merge(endpoints, next, document.Endpoints);
        next = import.Unlink(cameras, current, next);
        next = import.Unlink(rules, current, next);
        import.faults.AddAll(import.faults.Errors.Count == 0 ? RuleLoad.Check(next) : []);
        return import.faults.Errors.Count > 0
            ? new(null, new() { Status = ChangeStatus.Invalid, Errors = import.faults.Errors })
            : new(import.isChanged ? next : null, new() { Status = ChangeStatus.Done, Entry = import.isChanged ? next : current });
    }

    private PlatformConfiguration Merge<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, IReadOnlyList<TSpec> specs)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var before = kind.In(current);
        var after = new Dictionary<string, Entry<TId, TSpec>>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < specs.Count; i++)
        {
            var name = kind.NameOf(specs[i]).Trim();
            var existing = before.FirstOrDefault(e => string.Equals(kind.NameOf(e.Spec), name, StringComparison.OrdinalIgnoreCase));
            var path = $"$.{kind.ListName}[{i}]";
            if (!after.TryAdd(name, MergeOne(kind, current, specs[i], existing, path)))
            {
                faults.Add($"{path}.name", $"The name '{name}' is given to two {kind.ListName}; names are unique without regard to case.");
            }
        }

        var kept = before.Where(e => origin != EntryOrigin.File || e.Origin != EntryOrigin.File || after.ContainsKey(kind.NameOf(e.Spec)));
        var known = before.Select(e => kind.NameOf(e.Spec)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Entry<TId, TSpec>[] entries =
        [
            .. kept.Select(e => after.GetValueOrDefault(kind.NameOf(e.Spec), e)),
            .. after.Where(pair => !known.Contains(pair.Key)).Select(pair => pair.Value),
        ];
        faults.Count($"$.{kind.ListName}", kind.ListName, entries.Length, kind.CountMax);
        isChanged |= !entries.SequenceEqual(before, ReferenceEqualityComparer.Instance);
        return kind.With(current, entries);
    }

    private Entry<TId, TSpec> MergeOne<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, TSpec spec, Entry<TId, TSpec>? existing, string path)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var own = new FaultList();
        var (completed, errors) = kind.Prepare(kind.Link(spec, current, own), existing?.Spec);
        own.AddAll(errors);
        var isSame = existing is not null && SpecComparison.SaysTheSame(existing.Spec, completed);
        if (existing is { Origin: EntryOrigin.File } && origin != EntryOrigin.File && !isSame)
        {
            own.Add("$", $"The {kind.Noun} '{kind.NameOf(completed)}' belongs to the configuration file; change it there.");
        }

        faults.AddAll(own.Errors.Select(fault => fault with { Path = path + fault.Path[1..] }));
        if (existing is not null && isSame && (existing.Origin == origin || origin != EntryOrigin.File))
        {
            return existing;
        }

        return new Entry<TId, TSpec>
        {
            Id = existing?.Id ?? kind.NewId(now),
            Spec = completed,
            Origin = origin,
            CreatedAt = existing?.CreatedAt ?? now,
            UpdatedAt = now,
        };
    }

    private PlatformConfiguration Unlink<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration before, PlatformConfiguration after)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var remaining = kind.In(after).Select(e => e.Id).ToHashSet();
        foreach (var removed in kind.In(before).Where(e => !remaining.Contains(e.Id)))
        {
            (after, var errors) = kind.Unlink(removed.Id, after);
            faults.AddAll(errors.Select(error => error with
            {
                Message = $"The {kind.Noun} '{kind.NameOf(removed.Spec)}' cannot be left out: {error.Message}",
            }));
        }

        return after;
    }
}
