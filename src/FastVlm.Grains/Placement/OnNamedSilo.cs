using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FastVlm.Grains.Placement;

/// <summary>
/// The grain lives on the node that its key names (<see cref="NodeKey"/>), nowhere else. While that node is away, calls to it
/// fail.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnNamedSiloAttribute() : PlacementFilterAttribute(new NameFilter());

/// <summary>The filter as Orleans passes it around.</summary>
public sealed class NameFilter() : PlacementFilterStrategy(OrderOfFilter)
{
    private const int OrderOfFilter = 2;
}

/// <summary>
/// Names come from the membership itself, which lists a node's name with its address: they are never unknown where a node is
/// known at all.
/// </summary>
internal sealed class NameFilterDirector(IClusterMembershipService membership) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var members = membership.CurrentSnapshot.Members;
        return PlacementRules.Named(
            silos.Select(silo => new Candidate(silo, members.GetValueOrDefault(silo)?.Name, Card: null)),
            target.GrainIdentity.Key.ToString()!);
    }
}
