namespace FastVlm.Grains.Members;

/// <summary>What a node does in the cluster. A node may have several roles, or none (a witness).</summary>
[Flags]
public enum SiloRoles
{
    None = 0,

    /// <summary>Reads cameras and judges their captions.</summary>
    Camera = 1,

    /// <summary>Runs models on its devices.</summary>
    Gpu = 2,

    /// <summary>Serves API, hub and dashboard.</summary>
    Web = 4,
}

/// <summary>Roles as text: "camera,gpu". What a newer node may add is skipped by an older one.</summary>
public static class SiloRoleNames
{
    private static readonly (SiloRoles Role, string Name)[] Names =
        [(SiloRoles.Camera, "camera"), (SiloRoles.Gpu, "gpu"), (SiloRoles.Web, "web")];

    public static string Write(SiloRoles roles) => string.Join(',', Names.Where(n => roles.HasFlag(n.Role)).Select(n => n.Name));

    public static SiloRoles Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(',', StringSplitOptions.TrimEntries).Aggregate(SiloRoles.None, (roles, name) => roles | RoleOf(name));
    }

    /// <summary>The one role of that name; <see cref="SiloRoles.None"/> for a name that is none.</summary>
    public static SiloRoles RoleOf(string name) =>
        Names.FirstOrDefault(n => string.Equals(n.Name, name, StringComparison.OrdinalIgnoreCase)).Role;
}
