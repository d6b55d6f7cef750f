using FastVlm.Pipeline.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Pipeline.Tests.Incidents;

/// <summary>
/// Timings and times between looks. Both are sums of the same few pieces, so that limits are often met exactly: there a
/// single tick that gets lost decides otherwise.
/// </summary>
internal static class TakeoverGenerators
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 5, 59, 50, TimeSpan.Zero);

    public static readonly Gen<TimeSpan> Passing = Gen.Elements(
        TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(1001),
        TimeSpan.FromMilliseconds(1001), TimeSpan.FromTicks(12_345_679), TimeSpan.FromSeconds(3));

    public static readonly Gen<RuleTiming> Timings =
        from window in Gen.Choose(1, 5)
        from matches in Gen.Choose(1, window)
        from misses in Gen.Choose(1, 3)
        from holds in Limits
        from clearAfter in Limits
        from cooldown in Limits
        select new RuleTiming
        {
            OnWindow = window,
            OnMatches = matches,
            OffMisses = misses,
            MinimumDuration = holds,
            ClearAfter = clearAfter,
            Cooldown = cooldown,
        };

    private static Gen<TimeSpan> Limits =>
        from first in Passing
        from second in Passing
        from count in Gen.Choose(0, 2)
        select count switch
        {
            0 => TimeSpan.Zero,
            1 => first,
            _ => first + second,
        };
}
