using System.Collections.Immutable;

namespace FastVlm.Grains.Members;

/// <summary>What a node tells the others about itself, once, when they meet: Orleans carries it as silo metadata.</summary>
/// <param name="Roles">What it does.</param>
/// <param name="Devices">Its devices for models, e.g. "cpu0" or "gpu0", "gpu1".</param>
/// <param name="Version">The platform's version that it runs.</param>
public sealed record SiloCard(SiloRoles Roles, ImmutableArray<string> Devices, string Version)
{
    public const string RolesKey = "fastvlm.roles";
    public const string DevicesKey = "fastvlm.devices";
    public const string VersionKey = "fastvlm.version";

    /// <summary>By value, devices included: a card that was read again is the same card.</summary>
    public bool Equals(SiloCard? other) =>
        other is not null && Roles == other.Roles && Version == other.Version && Devices.SequenceEqual(other.Devices);

    public override int GetHashCode() => HashCode.Combine(Roles, Version, Devices.Length);

    public Dictionary<string, string> ToMetadata() => new()
    {
        [RolesKey] = SiloRoleNames.Write(Roles),
        [DevicesKey] = string.Join(',', Devices),
        [VersionKey] = Version,
    };

    /// <summary>Null when nothing is known yet: a node always tells its roles, even if it has none.</summary>
    public static SiloCard? Read(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata.TryGetValue(RolesKey, out var roles)
            ? new SiloCard(
                SiloRoleNames.Read(roles),
                [.. metadata.GetValueOrDefault(DevicesKey, "").Split(',', StringSplitOptions.RemoveEmptyEntries)],
                metadata.GetValueOrDefault(VersionKey, ""))
            : null;
    }
}
