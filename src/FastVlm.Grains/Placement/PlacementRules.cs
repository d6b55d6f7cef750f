using FastVlm.Grains.Members;

namespace FastVlm.Grains.Placement;

/// <summary>A live node as a placement rule sees it.</summary>
/// <param name="Address">Its present run.</param>
/// <param name="Name">Null when the membership does not list it (yet).</param>
/// <param name="Card">Null when it has not told yet.</param>
public sealed record Candidate(SiloAddress Address, string? Name, SiloCard? Card);

/// <summary>
/// Which nodes a grain may live on. What is not known excludes a node: no node at all makes the call fail, which its caller
/// tries again, while a wrong node would hold on to the grain. Knows no Orleans service.
/// </summary>
public static class PlacementRules
{
    public static IEnumerable<SiloAddress> WithRole(IEnumerable<Candidate> candidates, SiloRoles role)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        return candidates.Where(c => c.Card is { } card && card.Roles.HasFlag(role)).Select(c => c.Address);
    }

    /// <summary>
    /// The node that the key names. Of two runs of that name the newer one: the older was killed, and the others have not
    /// noticed yet.
    /// </summary>
    public static IEnumerable<SiloAddress> Named(IEnumerable<Candidate> candidates, string grainKey)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var name = NodeKey.NameOf(grainKey);
        return candidates.Where(c => c.Name == name).OrderByDescending(c => c.Address.Generation).Take(1).Select(c => c.Address);
    }
}

/// <summary>Keys of grains that belong to a node: its name, or its name and a device, "line-2/gpu0".</summary>
public static class NodeKey
{
    public static string Of(string siloName, string device) => $"{siloName}/{device}";

    public static string NameOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? key : key[..slash];
    }

    /// <summary>Null for a key without a device.</summary>
    public static string? DeviceOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? null : key[(slash + 1)..];
    }
}
