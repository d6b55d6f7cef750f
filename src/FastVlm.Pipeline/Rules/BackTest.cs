using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Rules;

/// <summary>A rule and the stored captions that it is to be run on.</summary>
public sealed record BackTestRequest
{
    public required RuleSpec Rule { get; init; }

    /// <summary>Cameras and span of time; cameras that the rule does not select are the caller's choice, too.</summary>
    public required CaptionSpan Span { get; init; }

    /// <summary>The rules that are stored: those that ask the same question lend their answers.</summary>
    public IReadOnlyList<Entry<RuleId, RuleSpec>> StoredRules { get; init; } = [];
}

public enum BackTestState
{
    Running,
    Done,
    Cancelled,

    /// <summary><see cref="BackTestReport.Error"/> says why.</summary>
    Failed,
}

/// <summary>An incident that the rule would have opened.</summary>
public sealed record BackTestIncident
{
    public required CameraId CameraId { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Null where it was still open at the last caption.</summary>
    public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>Looks at which it was so.</summary>
    public required long Count { get; init; }

    /// <summary>The caption that opened it.</summary>
    public required string Caption { get; init; }

    public required CaptionId CaptionId { get; init; }

    public string? Span { get; init; }

    public required string Why { get; init; }
}

/// <summary>How a back-test stands. Immutable: progress is a new one.</summary>
public sealed record BackTestReport
{
    public required string Id { get; init; }

    public required BackTestState State { get; init; }

    public long CaptionsRead { get; init; }

    /// <summary>How many there are to read; 0 until counted.</summary>
    public long CaptionsTotal { get; init; }

    /// <summary>Captions at which the rule's question had not been asked: nothing is known of them.</summary>
    public long CaptionsNotJudged { get; init; }

    /// <summary>The first <see cref="Limits.BackTestIncidentsMax"/>, in the order in which they open.</summary>
    public IReadOnlyList<BackTestIncident> Incidents { get; init; } = [];

    /// <summary>All, also those that are not listed.</summary>
    public long IncidentCount { get; init; }

    /// <summary>One sentence; null where it did not fail.</summary>
    public string? Error { get; init; }

    [JsonIgnore]
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What came of asking for a back-test.</summary>
public sealed record BackTestStart
{
    /// <summary>Null where it was not started.</summary>
    public BackTestReport? Report { get; init; }

    /// <summary>Faults of the rule or the span, all at once.</summary>
    public IReadOnlyList<SpecError> Errors { get; init; } = [];

    /// <summary>Too many run already: try again when one is done.</summary>
    public bool IsBusy { get; init; }
}
