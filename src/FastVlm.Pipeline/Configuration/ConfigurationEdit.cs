namespace FastVlm.Pipeline.Configuration;

/// <summary>Where a change leads.</summary>
/// <param name="Next">The configuration after it; null where nothing is to be stored.</param>
/// <param name="Change">What its caller is told.</param>
internal sealed record Edit<TEntry>(PlatformConfiguration? Next, Change<TEntry> Change);

/// <summary>
/// Decides what a change of one entry makes of a configuration. Pure: knows no store, no clock and no one who looks on.
/// </summary>
internal static class ConfigurationEdit
{
    public static Edit<Entry<TId, TSpec>> Add<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, TSpec spec, DateTimeOffset now)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var prepared = Check(kind, current, spec, null);
        if (Refusal(kind, current, prepared, null) is { } refusal)
        {
            return new(null, refusal);
        }

        var entry = new Entry<TId, TSpec> { Id = kind.NewId(now), Spec = prepared.Spec, CreatedAt = now, UpdatedAt = now };
        return Finish(kind.With(current, [.. kind.In(current), entry]), entry);
    }

    public static Edit<Entry<TId, TSpec>> Replace<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, (TId Id, Func<TSpec, TSpec> Make) edit, DateTimeOffset now)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        if (kind.In(current).FirstOrDefault(e => e.Id.Equals(edit.Id)) is not { } entry)
        {
            return Refuse<Entry<TId, TSpec>>(ChangeStatus.NotFound);
        }

        var prepared = Check(kind, current, edit.Make(entry.Spec), entry);
        if (entry.Origin == EntryOrigin.File && !kind.IsOwnDoing(entry.Spec, prepared.Spec))
        {
            return Refuse<Entry<TId, TSpec>>(ChangeStatus.ManagedByFile);
        }

        if (Refusal(kind, current, prepared, entry) is { } refusal)
        {
            return new(null, refusal);
        }

        if (SpecComparison.SaysTheSame(entry.Spec, prepared.Spec))
        {
            return new(null, new Change<Entry<TId, TSpec>> { Status = ChangeStatus.Done, Entry = entry });
        }

        var changed = entry with { Spec = prepared.Spec, UpdatedAt = now };
        return Finish(kind.With(current, [.. kind.In(current).Select(e => e.Id.Equals(edit.Id) ? changed : e)]), changed);
    }

    public static Edit<Entry<TId, TSpec>> Remove<TId, TSpec>(EntryKind<TId, TSpec> kind, PlatformConfiguration current, TId id)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        if (kind.In(current).FirstOrDefault(e => e.Id.Equals(id)) is not { } entry)
        {
            return Refuse<Entry<TId, TSpec>>(ChangeStatus.NotFound);
        }

        if (entry.Origin == EntryOrigin.File)
        {
            return Refuse<Entry<TId, TSpec>>(ChangeStatus.ManagedByFile);
        }

        var (unlinked, errors) = kind.Unlink(id, kind.With(current, [.. kind.In(current).Where(e => !e.Id.Equals(id))]));
        return errors.Count > 0
            ? Refuse<Entry<TId, TSpec>>(ChangeStatus.Invalid, errors)
            : new(unlinked, new Change<Entry<TId, TSpec>> { Status = ChangeStatus.Done });
    }

    /// <summary>The spec as it would be saved, with every fault, the name's included.</summary>
    public static Prepared<TSpec> Check<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, TSpec spec, Entry<TId, TSpec>? replaced)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var (completed, errors) = kind.Prepare(spec, replaced?.Spec);
        var faults = new FaultList();
        faults.AddAll(errors);
        faults.AddAll(kind.CheckReferences(completed, current));
        if (IsTaken(kind, current, completed, replaced))
        {
            faults.Add("$.name", NameTakenMessage(kind, completed));
        }

        if (replaced is null && kind.In(current).Count >= kind.CountMax)
        {
            faults.Add("$", $"There are {kind.CountMax} {kind.ListName} already, which is the limit; remove one first.");
        }

        return new Prepared<TSpec>(completed, faults.Errors);
    }

    private static Change<Entry<TId, TSpec>>? Refusal<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, Prepared<TSpec> prepared, Entry<TId, TSpec>? replaced)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        if (prepared.Errors.Count == 0)
        {
            return null;
        }

        var onlyName = prepared.Errors.Count == 1 && IsTaken(kind, current, prepared.Spec, replaced);
        return new() { Status = onlyName ? ChangeStatus.NameTaken : ChangeStatus.Invalid, Errors = prepared.Errors };
    }

    private static bool IsTaken<TId, TSpec>(
        EntryKind<TId, TSpec> kind, PlatformConfiguration current, TSpec spec, Entry<TId, TSpec>? replaced)
        where TId : struct, IIdentifier<TId>
        where TSpec : class =>
        kind.In(current).Any(e => (replaced is null || !e.Id.Equals(replaced.Id))
            && string.Equals(kind.NameOf(e.Spec), kind.NameOf(spec), StringComparison.OrdinalIgnoreCase));

    private static string NameTakenMessage<TId, TSpec>(EntryKind<TId, TSpec> kind, TSpec spec)
        where TId : struct, IIdentifier<TId>
        where TSpec : class =>
        $"Another {kind.Noun} is named '{kind.NameOf(spec)}', and names are unique without regard to case; choose another.";

    private static Edit<Entry<TId, TSpec>> Finish<TId, TSpec>(PlatformConfiguration next, Entry<TId, TSpec> entry)
    {
        var errors = RuleLoad.Check(next);
        return errors.Count > 0
            ? Refuse<Entry<TId, TSpec>>(ChangeStatus.Invalid, errors)
            : new(next, new Change<Entry<TId, TSpec>> { Status = ChangeStatus.Done, Entry = entry });
    }

    private static Edit<TEntry> Refuse<TEntry>(ChangeStatus status, IReadOnlyList<SpecError>? errors = null) =>
        new(null, new Change<TEntry> { Status = status, Errors = errors ?? [] });
}
