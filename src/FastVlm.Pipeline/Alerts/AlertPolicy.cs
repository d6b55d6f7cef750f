namespace FastVlm.Pipeline.Alerts;

/// <summary>What a judgement changed.</summary>
public enum AlertChange
{
    None,

    /// <summary>An episode begins: tell people.</summary>
    Raised,

    /// <summary>The episode is over.</summary>
    Cleared,
}

/// <summary>When an episode begins and ends.</summary>
public sealed record AlertPolicyOptions
{
    /// <summary>Matching captions in a row before an episode begins. 1 misses nothing; 2 forgives a single wrong caption.</summary>
    public int RaiseAfterMatches { get; init; } = 1;

    /// <summary>Captions in a row without a match before an episode ends, so that one odd wording does not end it.</summary>
    public int ClearAfterMisses { get; init; } = 3;

    /// <summary>An episode goes on for at least this long after its last match, so that fast captions do not end it early.</summary>
    public TimeSpan ClearAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Measure <see cref="ClearAfter"/> on the recording's own time line: a recording that is read faster than it plays
    /// would otherwise never leave its first episode.
    /// </summary>
    public bool ByMediaTime { get; init; }
}

/// <summary>
/// Decides, for one rule at one camera, when people are told: once when an episode begins, once when it is over, never
/// in between. Time is an argument; knows no caption.
/// </summary>
public sealed class AlertPolicy
{
    private readonly AlertPolicyOptions options;
    private int matchCount;
    private int missCount;
    private DateTimeOffset lastMatchAt;

    public AlertPolicy(AlertPolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RaiseAfterMatches, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ClearAfterMisses, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ClearAfter, TimeSpan.Zero);
        this.options = options;
    }

    /// <summary>An episode is under way.</summary>
    public bool IsRaised { get; private set; }

    /// <summary>Takes the judgement of one caption into account; calls come in the order of the captions.</summary>
    public AlertChange Advance(bool isMatch, DateTimeOffset now)
    {
        matchCount = isMatch ? matchCount + 1 : 0;
        missCount = isMatch ? 0 : missCount + 1;
        lastMatchAt = isMatch ? now : lastMatchAt;
        if (!IsRaised && matchCount >= options.RaiseAfterMatches)
        {
            IsRaised = true;
            return AlertChange.Raised;
        }

        if (IsRaised && missCount >= options.ClearAfterMisses && now - lastMatchAt >= options.ClearAfter)
        {
            IsRaised = false;
            return AlertChange.Cleared;
        }

        return AlertChange.None;
    }
}
