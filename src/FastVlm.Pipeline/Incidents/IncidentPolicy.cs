using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Incidents;

/// <summary>What a look made of a rule's incident.</summary>
public enum PolicyChange
{
    None,
    Opened,

    /// <summary>Open, and seen again.</summary>
    Ongoing,

    /// <summary>Not seen for long enough.</summary>
    Cleared,

    /// <summary>It was open when the rule's schedule ended.</summary>
    ScheduleEnded,
}

/// <summary>
/// Decides, for one rule at one camera, when an incident opens and clears: on after N matches among the last M looks that
/// have held for the minimum duration, off after K looks in a row without a match and a time since the last one; nothing
/// opens or stays open outside the schedule. Time is an argument, and a clock that is set back stands still meanwhile;
/// knows no caption.
/// </summary>
public sealed class IncidentPolicy
{
    private readonly RuleTiming timing;

    // For each look of the window when it matched, on the time line that begins at the first look; null for a miss.
    private readonly Queue<TimeSpan?> looks;
    private DateTimeOffset? lastLookAt;
    private TimeSpan elapsed;
    private TimeSpan lastMatch;
    private TimeSpan? holdsSince;
    private int missCount;

    public IncidentPolicy(RuleTiming timing)
    {
        ArgumentNullException.ThrowIfNull(timing);
        ArgumentOutOfRangeException.ThrowIfLessThan(timing.OnMatches, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(timing.OnWindow, timing.OnMatches);
        ArgumentOutOfRangeException.ThrowIfLessThan(timing.OffMisses, 1);
        this.timing = timing;
        looks = new Queue<TimeSpan?>(timing.OnWindow);
    }

    public bool IsOpen { get; private set; }

    /// <summary>Looks at which it was so: since the rule began to hold, or of the incident that was restored.</summary>
    public long MatchCount { get; private set; }

    /// <summary>Goes on with an incident that was open when the platform stopped: its last match counts as just seen.</summary>
    public static IncidentPolicy Restore(RuleTiming timing, long matchCount) =>
        new(timing) { IsOpen = true, MatchCount = matchCount };

    /// <summary>Goes on where another process stopped.</summary>
    public static IncidentPolicy Restore(RuleTiming timing, PolicyState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var policy = new IncidentPolicy(timing)
        {
            IsOpen = state.IsOpen,
            MatchCount = state.MatchCount,
            lastLookAt = state.LastLookAt,
            elapsed = state.Elapsed,
            lastMatch = state.LastMatch,
            holdsSince = state.HoldsSince,
            missCount = state.MissCount,
        };
        foreach (var look in state.Looks.TakeLast(timing.OnWindow))
        {
            policy.looks.Enqueue(look);
        }

        return policy;
    }

    /// <summary>False: a new policy would decide the same.</summary>
    public bool RemembersAnything => IsOpen || looks.Any(look => look is not null);

    public PolicyState Snapshot() => new()
    {
        Looks = [.. looks],
        LastLookAt = lastLookAt,
        Elapsed = elapsed,
        LastMatch = lastMatch,
        HoldsSince = holdsSince,
        MissCount = missCount,
        MatchCount = MatchCount,
        IsOpen = IsOpen,
    };

    /// <summary>Takes one look into account; calls come in the order of the looks.</summary>
    /// <param name="isMatch">The rule holds in this look.</param>
    /// <param name="isScheduled">The rule may open incidents now.</param>
    /// <param name="at">When the look was, on the time line of the camera.</param>
    public PolicyChange Advance(bool isMatch, bool isScheduled, DateTimeOffset at)
    {
        elapsed += lastLookAt is { } last && at > last ? at - last : TimeSpan.Zero;
        lastLookAt = at;
        if (!isScheduled)
        {
            return EndSchedule();
        }

        Remember(isMatch);
        return IsOpen ? AdvanceOpen(isMatch) : AdvanceClosed(isMatch);
    }

    /// <summary>Time passed without a look at which the rule could be judged.</summary>
    public PolicyChange AdvanceSchedule(bool isScheduled) => isScheduled ? PolicyChange.None : EndSchedule();

    private PolicyChange EndSchedule()
    {
        var wasOpen = IsOpen;
        Reset();
        return wasOpen ? PolicyChange.ScheduleEnded : PolicyChange.None;
    }

    private void Remember(bool isMatch)
    {
        if (looks.Count == timing.OnWindow)
        {
            looks.Dequeue();
        }

        looks.Enqueue(isMatch ? elapsed : null);
        missCount = isMatch ? 0 : missCount + 1;
        lastMatch = isMatch ? elapsed : lastMatch;
        MatchCount += isMatch ? 1 : 0;
    }

    private PolicyChange AdvanceOpen(bool isMatch)
    {
        if (isMatch)
        {
            return PolicyChange.Ongoing;
        }

        if (missCount < timing.OffMisses || elapsed - lastMatch < timing.ClearAfter)
        {
            return PolicyChange.None;
        }

        Reset();
        return PolicyChange.Cleared;
    }

    private PolicyChange AdvanceClosed(bool isMatch)
    {
        var matches = looks.Count(look => look is not null);
        if (matches < timing.OnMatches)
        {
            (holdsSince, MatchCount) = (null, matches);
            return PolicyChange.None;
        }

        holdsSince ??= looks.First(look => look is not null);
        if (!isMatch || elapsed - holdsSince < timing.MinimumDuration)
        {
            return PolicyChange.None;
        }

        IsOpen = true;
        return PolicyChange.Opened;
    }

    private void Reset()
    {
        looks.Clear();
        (IsOpen, MatchCount, missCount, holdsSince) = (false, 0, 0, null);
    }
}
