using System.Net;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Which destinations an endpoint may have. By default only addresses of the public internet.</summary>
public sealed record DestinationPolicy
{
    public static DestinationPolicy Public { get; } = new();

    /// <summary>Private ranges are allowed (<see cref="Configuration.EndpointSpec.AllowPrivateNetwork"/>).</summary>
    public bool AllowPrivateNetwork { get; init; }

    /// <summary>Loopback is allowed: an option of the host, for local receivers and tests.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Ports on which this platform listens: never a destination on this machine.</summary>
    public IReadOnlyCollection<int> OwnPorts { get; init; } = [];

    /// <summary>The addresses of this machine's interfaces, beside loopback.</summary>
    public IReadOnlyCollection<IPAddress> OwnAddresses { get; init; } = [];
}
