using System.Net;

namespace FastVlm.Web.Security;

/// <summary>
/// Decides whether an address may try another token: after <see cref="FailuresMax"/> wrong ones it waits, right or wrong. A
/// 128-bit token needs no more; a short one is not guessed within a lifetime. Behind a proxy all users share its address.
/// </summary>
internal sealed class AttemptLedger
{
    public const int FailuresMax = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int AddressesMax = 10_000;

    private readonly Dictionary<IPAddress, (int Count, DateTimeOffset Until)> failures = [];

    /// <summary>How long the address has to wait; null where it need not.</summary>
    public TimeSpan? WaitOf(IPAddress address, DateTimeOffset now) =>
        failures.TryGetValue(address, out var entry) && entry.Count >= FailuresMax && entry.Until > now ? entry.Until - now : null;

    public void Fail(IPAddress address, DateTimeOffset now)
    {
        if (failures.Count >= AddressesMax)
        {
            Forget(now);
        }

        var count = failures.TryGetValue(address, out var entry) && entry.Until > now ? entry.Count : 0;
        failures[address] = (count + 1, now + Window);
    }

    /// <summary>Those that are over; where none is, all: better than to lock out everybody, or to grow for ever.</summary>
    private void Forget(DateTimeOffset now)
    {
        foreach (var over in failures.Where(pair => pair.Value.Until <= now).Select(pair => pair.Key).ToArray())
        {
            failures.Remove(over);
        }

        if (failures.Count >= AddressesMax)
        {
            failures.Clear();
        }
    }
}
