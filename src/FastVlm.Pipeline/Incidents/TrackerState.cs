namespace FastVlm.Pipeline.Incidents;

/// <summary>
/// What a camera's rules remember of the looks so far: enough to go on in another process. Incidents are stored by themselves.
/// </summary>
public sealed record TrackerState
{
    public required CameraId CameraId { get; init; }

    /// <summary>Only rules that remember anything.</summary>
    public required IReadOnlyList<RuleState> Rules { get; init; }
}

/// <summary>What one rule remembers.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="UpdatedAt">Its wording: what was seen under another one says nothing.</param>
/// <param name="Policy">Its looks.</param>
public sealed record RuleState(RuleId RuleId, DateTimeOffset UpdatedAt, PolicyState Policy);

/// <summary>The state of an <see cref="IncidentPolicy"/>.</summary>
public sealed record PolicyState
{
    /// <summary>For each look of the window when it matched, since the policy's first look; null for a miss. Oldest first.</summary>
    public required IReadOnlyList<TimeSpan?> Looks { get; init; }

    /// <summary>Null before the first look.</summary>
    public DateTimeOffset? LastLookAt { get; init; }

    /// <summary>Time since the policy's first look; stands still while a clock is set back.</summary>
    public TimeSpan Elapsed { get; init; }

    public TimeSpan LastMatch { get; init; }

    public TimeSpan? HoldsSince { get; init; }

    public int MissCount { get; init; }

    public long MatchCount { get; init; }

    public bool IsOpen { get; init; }
}
