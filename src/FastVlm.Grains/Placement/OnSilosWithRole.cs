using FastVlm.Grains.Members;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace FastVlm.Grains.Placement;

/// <summary>The grain lives only on nodes with this role. While there is none, calls to it fail and are to be tried again.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnSilosWithRoleAttribute : PlacementFilterAttribute
{
    public OnSilosWithRoleAttribute(string role)
        : base(new RoleFilter(SiloRoleNames.RoleOf(role)))
    {
        ArgumentOutOfRangeException.ThrowIfEqual(SiloRoleNames.RoleOf(role), SiloRoles.None, nameof(role));
        Role = role;
    }

    public string Role { get; }
}

/// <summary>The filter as Orleans passes it around: in the grain type's properties.</summary>
public sealed class RoleFilter(SiloRoles role) : PlacementFilterStrategy(OrderOfFilter)
{
    // Filters of one grain need different places in line.
    private const int OrderOfFilter = 1;
    private const string RoleProperty = "role";

    /// <summary>Orleans fills it from the grain type's properties.</summary>
    public RoleFilter()
        : this(SiloRoles.None)
    {
    }

    public SiloRoles Role { get; private set; } = role;

    public override void AdditionalInitialize(GrainProperties properties) =>
        Role = SiloRoleNames.RoleOf(GetPlacementFilterGrainProperty(RoleProperty, properties) ?? "") is not SiloRoles.None and var role
            ? role
            : throw new ArgumentException("The grain's role filter names no role that this version knows.", nameof(properties));

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) =>
        [new(RoleProperty, SiloRoleNames.Write(Role))];
}

/// <inheritdoc cref="PlacementRules.WithRole"/>
internal sealed class RoleFilterDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        PlacementRules.WithRole(
            silos.Select(silo => new Candidate(silo, Name: null, SiloCard.Read(metadata.GetSiloMetadata(silo).Metadata))),
            ((RoleFilter)filterStrategy).Role);
}
