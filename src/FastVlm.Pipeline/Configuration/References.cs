namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// Keeps references between entries whole. An empty selector means "every camera", so the last reference is never dropped:
/// removing a camera must not turn a rule for one camera into a rule for all.
/// </summary>
internal static class References
{
    public static IReadOnlyList<SpecError> Check(CameraSelector selector, PlatformConfiguration configuration)
    {
        var known = configuration.Cameras.Select(camera => camera.Id).ToHashSet();
        return
        [
            .. selector.Ids
                .Select((id, i) => (Id: id, Path: $"$.cameras.ids[{i}]"))
                .Where(reference => !known.Contains(reference.Id))
                .Select(reference => new SpecError(
                    reference.Path, $"There is no camera '{reference.Id}'; choose one of those under /api/cameras.")),
        ];
    }

    public static CameraSelector Link(CameraSelector selector, PlatformConfiguration configuration, FaultList faults) =>
        selector with { Ids = Link("$.cameras.ids", selector.Ids, new CameraEntries(), configuration, faults) };

    public static CameraSelector Name(CameraSelector selector, PlatformConfiguration configuration) =>
        selector with { Ids = Name(selector.Ids, new CameraEntries(), configuration) };

    /// <summary>Each reference is an id, or a name without regard to case.</summary>
    public static IReadOnlyList<TId> Link<TId, TSpec>(
        string path, IReadOnlyList<TId> references, EntryKind<TId, TSpec> kind, PlatformConfiguration configuration, FaultList faults)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var linked = new List<TId>(references.Count);
        for (var i = 0; i < references.Count; i++)
        {
            var text = references[i].Value;
            var entry = kind.In(configuration).FirstOrDefault(e => e.Id.Value == text)
                ?? kind.In(configuration).FirstOrDefault(e => string.Equals(kind.NameOf(e.Spec), text, StringComparison.OrdinalIgnoreCase));
            if (entry is null)
            {
                faults.Add($"{path}[{i}]", $"There is no {kind.Noun} '{text}'; give the name or id of one that exists.");
            }
            else if (!linked.Contains(entry.Id))
            {
                linked.Add(entry.Id);
            }
        }

        return linked;
    }

    public static IReadOnlyList<TId> Name<TId, TSpec>(
        IReadOnlyList<TId> references, EntryKind<TId, TSpec> kind, PlatformConfiguration configuration)
        where TId : struct, IIdentifier<TId>
        where TSpec : class
    {
        var names = kind.In(configuration).ToDictionary(e => e.Id, e => kind.NameOf(e.Spec));
        return [.. references.Select(id => names.TryGetValue(id, out var name) ? TId.From(name) : id)];
    }

    /// <summary>The entry without a camera in its selector; a fault where that cannot be.</summary>
    public static Entry<TId, TSpec> Without<TId, TSpec>(
        CameraId camera,
        Entry<TId, TSpec> entry,
        Func<TSpec, CameraSelector> read,
        Func<TSpec, CameraSelector, TSpec> write,
        string who,
        FaultList faults)
    {
        var selector = read(entry.Spec);
        if (!selector.Ids.Contains(camera))
        {
            return entry;
        }

        var rest = selector with { Ids = [.. selector.Ids.Where(id => id != camera)] };
        var isLast = rest.Ids.Count == 0 && rest.Tags.Count == 0;
        return Rest(entry, write(entry.Spec, rest), isLast, $"{who} is for this camera", faults);
    }

    /// <summary>The endpoint without a rule among those it is told of; a fault where that cannot be.</summary>
    public static Entry<EndpointId, EndpointSpec> Without(RuleId rule, Entry<EndpointId, EndpointSpec> endpoint, FaultList faults)
    {
        if (!endpoint.Spec.Rules.Contains(rule))
        {
            return endpoint;
        }

        IReadOnlyList<RuleId> rest = [.. endpoint.Spec.Rules.Where(id => id != rule)];
        var who = $"Webhook '{endpoint.Spec.Name}' is told of this rule";
        return Rest(endpoint, endpoint.Spec with { Rules = rest }, rest.Count == 0, who, faults);
    }

    private static Entry<TId, TSpec> Rest<TId, TSpec>(
        Entry<TId, TSpec> entry, TSpec spec, bool isLast, string what, FaultList faults)
    {
        if (entry.Origin == EntryOrigin.File)
        {
            faults.Add("$", $"{what} by the configuration file; change it there first.");
        }
        else if (isLast)
        {
            faults.Add("$", $"{what} alone; without it, it would be for all. Change or remove it first.");
        }

        return entry with { Spec = spec };
    }
}
