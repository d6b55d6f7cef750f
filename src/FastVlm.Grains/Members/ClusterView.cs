using System.Collections.Immutable;

namespace FastVlm.Grains.Members;

/// <summary>Where a node is in its life.</summary>
public enum SiloState
{
    /// <summary>It starts; nothing is placed on it yet.</summary>
    Joining,

    /// <summary>It works.</summary>
    Live,

    /// <summary>It was asked to stop and hands over.</summary>
    ShuttingDown,

    /// <summary>It stopped, or the others no longer hear it.</summary>
    Dead,
}

/// <summary>One node as this one sees it.</summary>
/// <param name="Name">Unique among live nodes; a node that returns keeps it.</param>
/// <param name="Address">This run of the node: a restarted one has another.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Card">Null until it has told; a dead node's card is the last one known.</param>
/// <param name="IsSelf">It is the node that looks.</param>
public sealed record SiloMember(string Name, SiloAddress Address, SiloState State, SiloCard? Card, bool IsSelf)
{
    public SiloRoles Roles => Card?.Roles ?? SiloRoles.None;

    public ImmutableArray<string> Devices => Card?.Devices ?? [];

    public string Version => Card?.Version ?? "";

    /// <summary>Live, and known to have the role.</summary>
    public bool Does(SiloRoles role) => State == SiloState.Live && Roles.HasFlag(role);
}

/// <summary>
/// The nodes of the cluster at one moment, by name. Of several runs of one name only the newest is listed, so a node that was
/// restarted is not also dead.
/// </summary>
public sealed record ClusterView(ImmutableArray<SiloMember> Members, long MembershipVersion)
{
    public static readonly ClusterView Empty = new([], 0);

    public IEnumerable<SiloMember> Live => Members.Where(m => m.State == SiloState.Live);

    /// <summary>A live node has not told its roles yet: wait before concluding that nobody has one.</summary>
    public bool IsIncomplete => Members.Any(m => m.State == SiloState.Live && m.Card is null);

    public SiloMember? Find(string name) => Members.FirstOrDefault(m => m.Name == name);

    public SiloMember? Self => Members.FirstOrDefault(m => m.IsSelf);

    public IEnumerable<SiloMember> LiveWith(SiloRoles role) => Members.Where(m => m.Does(role));

    public bool Equals(ClusterView? other) =>
        other is not null && MembershipVersion == other.MembershipVersion && Members.SequenceEqual(other.Members);

    public override int GetHashCode() => HashCode.Combine(MembershipVersion, Members.Length);

    /// <param name="snapshot">What Orleans says.</param>
    /// <param name="self">The address of this node.</param>
    /// <param name="cardOf">Null for a node that has not told yet.</param>
    /// <param name="before">The view that this one replaces: it remembers the cards of the dead.</param>
    public static ClusterView Of(
        ClusterMembershipSnapshot snapshot, SiloAddress self, Func<SiloAddress, SiloCard?> cardOf, ClusterView before)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(cardOf);
        ArgumentNullException.ThrowIfNull(before);
        var newest = snapshot.Members.Values
            .Where(m => m.Status is not (SiloStatus.None or SiloStatus.Created))
            .GroupBy(m => m.Name, StringComparer.Ordinal)
            .Select(runs => runs.MaxBy(m => (IsHere(m.Status), m.SiloAddress.Generation))!)
            .OrderBy(m => m.Name, StringComparer.Ordinal);
        return new ClusterView([.. newest.Select(MemberOf)], snapshot.Version.Value);

        SiloMember MemberOf(ClusterMember member) => new(
            member.Name,
            member.SiloAddress,
            StateOf(member.Status),
            cardOf(member.SiloAddress) ?? before.Members.FirstOrDefault(m => m.Address.Equals(member.SiloAddress))?.Card,
            member.SiloAddress.Equals(self));
    }

    private static bool IsHere(SiloStatus status) => status is not SiloStatus.Dead;

    private static SiloState StateOf(SiloStatus status) => status switch
    {
        SiloStatus.Joining => SiloState.Joining,
        SiloStatus.Active => SiloState.Live,
        SiloStatus.ShuttingDown or SiloStatus.Stopping => SiloState.ShuttingDown,
        _ => SiloState.Dead,
    };
}
