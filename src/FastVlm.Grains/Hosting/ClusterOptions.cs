using System.Net;
using FastVlm.Grains.Members;

namespace FastVlm.Grains.Hosting;

/// <summary>How this node takes part in a cluster.</summary>
public sealed class ClusterOptions
{
    /// <summary>
    /// Which cluster this node joins: nodes with the same id over one database find each other. A second cluster on the same
    /// database needs another id.
    /// </summary>
    public string ClusterId { get; set; } = "fastvlm";

    /// <summary>Under which name the cluster's state is stored; it outlives changes of <see cref="ClusterId"/>.</summary>
    public string ServiceId { get; set; } = "fastvlm";

    /// <summary>
    /// This node's name: unique among live nodes, the same after a restart. Grains are bound to it, and people read it.
    /// </summary>
    public string SiloName { get; set; } = Environment.MachineName.ToLowerInvariant();

    /// <summary>What this node does. Fewer roles leave more of the machine for the rest.</summary>
    public SiloRoles Roles { get; set; } = SiloRoles.Camera | SiloRoles.Gpu | SiloRoles.Web;

    /// <summary>The devices that run models here, e.g. "cpu0" or "gpu0", "gpu1". Only with the role gpu.</summary>
    public IReadOnlyList<string> Devices { get; set; } = [];

    /// <summary>
    /// PostgreSQL, where nodes find each other. Null keeps the membership in the memory of the node at <see cref="Primary"/>,
    /// which is for tests and a look at one machine: that node's end is the cluster's.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Without a database: the node that keeps the membership; null is this one.</summary>
    public IPEndPoint? Primary { get; set; }

    /// <summary>The IP address at which the other nodes reach this one.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The IP address to listen on: <see cref="Address"/> when null; "0.0.0.0" behind address translation.</summary>
    public IPAddress? ListenAddress { get; set; }

    /// <summary>The port for the other nodes. There is none for clients: they use the HTTP API.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>
    /// How long a node may be silent until the others take over its work. Shorter brings cameras back sooner; longer
    /// tolerates slower machines and networks. A process that dies is noticed in about half of it.
    /// </summary>
    public TimeSpan DetectFailureWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The platform's version, which the other nodes see.</summary>
    public string Version { get; set; } = typeof(ClusterOptions).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    internal SiloCard Card => new(Roles, [.. Devices], Version);
}
