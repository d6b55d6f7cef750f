using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>What a rule looks at.</summary>
public enum RuleKind
{
    /// <summary>The words of the caption.</summary>
    Caption,

    /// <summary>The model's answer to a yes/no question about the same picture, as a probability.</summary>
    Question,
}

public enum Severity
{
    Info,
    Warning,
    Critical,
}

/// <summary>A rule as the user wrote it. Immutable.</summary>
public sealed record RuleSpec
{
    /// <summary>1 to <see cref="Limits.NameCharsMax"/> characters, unique among rules without regard to case.</summary>
    public string Name { get; init; } = "";

    public bool Enabled { get; init; } = true;

    public RuleKind Kind { get; init; } = RuleKind.Caption;

    /// <summary>
    /// A caption rule's expression: phrases, <c>and or not</c>, parentheses, "exact words", /regular expression/. Docs:
    /// docs/rules.md.
    /// </summary>
    public string? Expression { get; init; }

    /// <summary>
    /// A question rule's question, asked as it is written: what a model was not trained on costs it dearly (docs/models.md).
    /// </summary>
    public string? Question { get; init; }

    /// <summary>Probability of "yes" from which a question rule holds. Above 0, below 1.</summary>
    public double Threshold { get; init; } = 0.5;

    public Severity Severity { get; init; } = Severity.Warning;

    public RuleTiming Timing { get; init; } = new();

    /// <summary>When the rule may open incidents; null is always.</summary>
    public ScheduleSpec? Schedule { get; init; }

    public CameraSelector Cameras { get; init; } = new();
}

/// <summary>From judgements of single frames to incidents.</summary>
public sealed record RuleTiming
{
    /// <summary>N of "N of M": matches among the last M looks that open an incident. 1 to M.</summary>
    public int OnMatches { get; init; } = 1;

    /// <summary>M of "N of M". 1 to 100.</summary>
    public int OnWindow { get; init; } = 1;

    /// <summary>Looks in a row without a match that clear it. 1 to 1000.</summary>
    public int OffMisses { get; init; } = 3;

    /// <summary>The rule must hold for this long before the incident opens. 0 to 24 h.</summary>
    [JsonPropertyName("minimumDurationSeconds")]
    public TimeSpan MinimumDuration { get; init; }

    /// <summary>An incident goes on for at least this long after its last match. 0 to 1 h.</summary>
    [JsonPropertyName("clearAfterSeconds")]
    public TimeSpan ClearAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After an alert of this rule at this camera was delivered, the next incident's alert waits for this long; an incident
    /// that is then still open is told. 0 to 24 h.
    /// </summary>
    [JsonPropertyName("cooldownSeconds")]
    public TimeSpan Cooldown { get; init; }
}

/// <summary>Which cameras are meant: those named, and those that have one of the tags. Both empty is every camera.</summary>
public sealed record CameraSelector
{
    public IReadOnlyList<CameraId> Ids { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Selects(CameraId id, IReadOnlyList<string> tags) =>
        (Ids.Count == 0 && Tags.Count == 0)
        || Ids.Contains(id)
        || Tags.Any(tag => tags.Contains(tag, StringComparer.OrdinalIgnoreCase));
}
