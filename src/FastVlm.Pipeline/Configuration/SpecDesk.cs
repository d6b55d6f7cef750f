namespace FastVlm.Pipeline.Configuration;

/// <summary>One kind of entry at the <see cref="ConfigurationDesk"/>.</summary>
internal sealed class SpecDesk<TId, TSpec>(ConfigurationDesk desk, EntryKind<TId, TSpec> kind) : ISpecDesk<TId, TSpec>
    where TId : struct, IIdentifier<TId>
    where TSpec : class
{
    public IReadOnlyList<Entry<TId, TSpec>> List() => kind.In(desk.Current);

    public Entry<TId, TSpec>? Find(TId id) => List().FirstOrDefault(entry => entry.Id.Equals(id));

    public IReadOnlyList<SpecError> Check(TSpec spec, Entry<TId, TSpec>? replaced) =>
        ConfigurationEdit.Check(kind, desk.Current, spec, replaced).Errors;

    public Task<Change<Entry<TId, TSpec>>> AddAsync(TSpec spec, CancellationToken cancellationToken) =>
        desk.ChangeAsync((current, now) => ConfigurationEdit.Add(kind, current, spec, now), cancellationToken);

    public Task<Change<Entry<TId, TSpec>>> ReplaceAsync(TId id, TSpec spec, CancellationToken cancellationToken) =>
        EditAsync(id, _ => spec, cancellationToken);

    public Task<Change<Entry<TId, TSpec>>> EditAsync(TId id, Func<TSpec, TSpec> edit, CancellationToken cancellationToken) =>
        desk.ChangeAsync((current, now) => ConfigurationEdit.Replace(kind, current, (id, edit), now), cancellationToken);

    public Task<Change<Entry<TId, TSpec>>> RemoveAsync(TId id, CancellationToken cancellationToken) =>
        desk.ChangeAsync((current, _) => ConfigurationEdit.Remove(kind, current, id), cancellationToken);
}
