using System.Security.Cryptography;
using System.Text;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// Decides which of several processes delivers to which endpoint: each endpoint goes to the process with the highest digest
/// of both names (rendezvous hashing, Thaler and Ravishankar 1998), so that all come to the same answer without asking each
/// other, and only the endpoints of one that comes or goes move. Pure.
/// </summary>
public static class EndpointShare
{
    /// <param name="endpoints">All that are enabled.</param>
    /// <param name="self">Who asks; one of <paramref name="members"/>, or it gets none.</param>
    /// <param name="members">Processes that deliver, in any order.</param>
    public static IReadOnlySet<EndpointId> Of(IEnumerable<EndpointId> endpoints, string self, IReadOnlyCollection<string> members)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(members);
        return endpoints.Where(endpoint => members.MaxBy(member => Weight(endpoint, member)) == self).ToHashSet();
    }

    private static UInt128 Weight(EndpointId endpoint, string member)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{endpoint.Value}\n{member}"));
        return new UInt128(BitConverter.ToUInt64(digest, 0), BitConverter.ToUInt64(digest, 8));
    }
}
