using System.Net;
using System.Net.Sockets;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// Decides whether a webhook may go to an address, so that nobody who may configure an endpoint can make the platform talk
/// to itself, to the metadata service of its cloud, or to the plant's network where that was not allowed. Pure: whoever
/// connects resolves the name, asks about every address of it, and connects to one that was asked about.
/// </summary>
public static class DestinationGuard
{
    private enum Zone
    {
        Public,
        Private,
        Loopback,
        Forbidden,
    }

    /// <summary>
    /// Ranges that are not the public internet, with their names for people. The first that contains an address counts.
    /// </summary>
    private static readonly (IPNetwork Network, Zone Zone, string Name)[] Ranges =
    [
        Range("127.0.0.0/8", Zone.Loopback, "a loopback address"),
        Range("::1/128", Zone.Loopback, "a loopback address"),
        Range("169.254.169.254/32", Zone.Forbidden, "a cloud's metadata service"),
        Range("100.100.100.200/32", Zone.Forbidden, "a cloud's metadata service"),
        Range("fd00:ec2::254/128", Zone.Forbidden, "a cloud's metadata service"),
        Range("fd20:ce::254/128", Zone.Forbidden, "a cloud's metadata service"),
        Range("10.0.0.0/8", Zone.Private, "a private address"),
        Range("172.16.0.0/12", Zone.Private, "a private address"),
        Range("192.168.0.0/16", Zone.Private, "a private address"),
        Range("fc00::/7", Zone.Private, "a private address"),
        Range("0.0.0.0/8", Zone.Forbidden, "an unspecified address"),
        Range("::/128", Zone.Forbidden, "an unspecified address"),
        Range("100.64.0.0/10", Zone.Forbidden, "an address shared behind a provider's NAT"),
        Range("169.254.0.0/16", Zone.Forbidden, "a link-local address"),
        Range("fe80::/10", Zone.Forbidden, "a link-local address"),
        Range("fec0::/10", Zone.Forbidden, "a site-local address"),
        Range("192.0.0.0/24", Zone.Forbidden, "an address kept for protocols"),
        Range("192.0.2.0/24", Zone.Forbidden, "an address for documentation"),
        Range("198.51.100.0/24", Zone.Forbidden, "an address for documentation"),
        Range("203.0.113.0/24", Zone.Forbidden, "an address for documentation"),
        Range("2001:db8::/32", Zone.Forbidden, "an address for documentation"),
        Range("3fff::/20", Zone.Forbidden, "an address for documentation"),
        Range("198.18.0.0/15", Zone.Forbidden, "an address for benchmarks"),
        Range("2001:2::/48", Zone.Forbidden, "an address for benchmarks"),
        Range("192.88.99.0/24", Zone.Forbidden, "a 6to4 relay"),
        Range("224.0.0.0/4", Zone.Forbidden, "a multicast address"),
        Range("ff00::/8", Zone.Forbidden, "a multicast address"),
        Range("255.255.255.255/32", Zone.Forbidden, "the broadcast address"),
        Range("240.0.0.0/4", Zone.Forbidden, "a reserved address"),
        Range("100::/64", Zone.Forbidden, "a discard address"),
        Range("2001::/32", Zone.Forbidden, "a Teredo address"),
        Range("5f00::/16", Zone.Forbidden, "a segment routing address"),
    ];

    /// <summary>
    /// IPv6 ranges beside ::ffff:0:0/96 that carry an IPv4 address, and the byte at which it begins: the address inside counts.
    /// </summary>
    private static readonly (IPNetwork Network, int Offset)[] Embeddings =
    [
        (IPNetwork.Parse("::ffff:0:0:0/96"), 12),
        (IPNetwork.Parse("::/96"), 12),
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("64:ff9b:1::/48"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    /// <summary>
    /// What can be said without resolving a name: for a check before an endpoint is saved. The check of the resolved
    /// addresses follows at every try.
    /// </summary>
    /// <returns>Null, or why the address is refused: one sentence.</returns>
    public static string? Objection(Uri address, DestinationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(policy);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
        {
            return "A webhook needs an absolute address that begins with https:// or http://.";
        }

        var host = address.IdnHost.TrimEnd('.');
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return Objection(IPAddress.Loopback, address.Port, policy);
        }

        // Also takes what the C library takes: 0x7f.1, 017700000001, 2130706433.
        return IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? Objection(literal, address.Port, policy) : null;
    }

    /// <summary>Whether one resolved address may be connected to.</summary>
    /// <returns>Null, or why it is refused: one sentence.</returns>
    public static string? Objection(IPAddress address, int port, DestinationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(policy);
        var inner = Unwrap(address);
        var (zone, name) = ZoneOf(inner);
        var isOwn = zone == Zone.Loopback || policy.OwnAddresses.Any(own => Unwrap(own).Equals(inner));
        if (isOwn && policy.OwnPorts.Contains(port))
        {
            return $"{Shown(address)} port {port} is this platform itself, which is no destination for webhooks.";
        }

        return zone switch
        {
            Zone.Public => null,
            Zone.Private when policy.AllowPrivateNetwork => null,
            Zone.Private => $"{Shown(address)} is {name}; allow private networks at this endpoint if that is meant.",
            Zone.Loopback when policy.AllowLoopback => null,
            Zone.Loopback => $"{Shown(address)} is {name}; start the platform with --allow-loopback-webhooks if that is meant.",
            _ => $"{Shown(address)} is {name}, which is no destination for webhooks.",
        };
    }

    /// <summary>The IPv4 address inside, or the address itself without the zone index that hides it from comparisons.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes);
        if (plain.Equals(IPAddress.IPv6Loopback) || plain.Equals(IPAddress.IPv6Any))
        {
            return plain;
        }

        foreach (var (network, offset) in Embeddings)
        {
            if (network.Contains(plain))
            {
                return new IPAddress(bytes.AsSpan(offset, 4));
            }
        }

        return plain;
    }

    private static (Zone Zone, string Name) ZoneOf(IPAddress address)
    {
        foreach (var (network, zone, name) in Ranges)
        {
            if (network.Contains(address))
            {
                return (zone, name);
            }
        }

        // IPv6 outside of 2000::/3 has not been given to anybody.
        return address.AddressFamily == AddressFamily.InterNetworkV6 && (address.GetAddressBytes()[0] & 0xe0) != 0x20
            ? (Zone.Forbidden, "a reserved address")
            : (Zone.Public, "a public address");
    }

    private static string Shown(IPAddress address) => $"'{address}'";

    private static (IPNetwork Network, Zone Zone, string Name) Range(string network, Zone zone, string name) =>
        (IPNetwork.Parse(network), zone, name);
}
