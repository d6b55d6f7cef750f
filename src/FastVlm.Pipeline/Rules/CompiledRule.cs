using System.Globalization;
using System.Text.Json;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Rules;

/// <summary>A rule that is ready to judge. Immutable.</summary>
public sealed class CompiledRule
{
    private readonly RuleExpression? expression;
    private readonly ScheduleClock? schedule;
    private readonly Lazy<string> fingerprint;

    internal CompiledRule(Entry<RuleId, RuleSpec> entry, RuleExpression? expression)
    {
        Id = entry.Id;
        Spec = entry.Spec;
        UpdatedAt = entry.UpdatedAt;
        this.expression = expression;
        Question = entry.Spec.Kind == RuleKind.Question ? entry.Spec.Question!.Trim() : null;
        schedule = entry.Spec.Schedule is { } spec ? new ScheduleClock(spec) : null;
        fingerprint = new Lazy<string>(() => JsonSerializer.Serialize(entry.Spec, PlatformJson.Options));
    }

    public RuleId Id { get; }

    public RuleSpec Spec { get; }

    /// <summary>When it was last edited.</summary>
    public DateTimeOffset UpdatedAt { get; }

    /// <summary>What is asked about each picture; null for caption rules.</summary>
    public string? Question { get; }

    /// <summary>A rule that is not stored: to try it out.</summary>
    internal static CompiledRule Compile(RuleSpec spec) => new(
        new Entry<RuleId, RuleSpec>
        {
            Id = new RuleId("trial"),
            Spec = spec,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        },
        spec.Kind == RuleKind.Caption ? RuleExpression.Parse(spec.Expression!).Expression : null);

    /// <summary>The rule may open incidents at this instant.</summary>
    public bool IsScheduled(DateTimeOffset instant) => schedule?.IsActive(instant) ?? true;

    /// <summary>Says the same as another, word for word.</summary>
    public bool HasSameSpec(CompiledRule other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(Spec, other.Spec) || fingerprint.Value == other.fingerprint.Value;
    }

    /// <param name="caption">The caption.</param>
    /// <param name="yesProbability">The answer to <see cref="Question"/>; null where it was not asked.</param>
    /// <returns>Null for a question that was not asked: nothing is known then.</returns>
    public RuleVerdict? Judge(CaptionText caption, double? yesProbability)
    {
        if (Question is not null)
        {
            return yesProbability is { } probability ? JudgeAnswer(probability) : null;
        }

        var verdict = expression!.Judge(caption);
        return new RuleVerdict
        {
            RuleId = Id,
            IsMatch = verdict.IsMatch,
            Span = verdict.Span,
            SpanStart = verdict.SpanStart,
            Why = verdict.Why,
        };
    }

    private RuleVerdict JudgeAnswer(double probability)
    {
        var isMatch = probability >= Spec.Threshold;
        return new RuleVerdict
        {
            RuleId = Id,
            IsMatch = isMatch,
            Probability = probability,
            Why = string.Create(
                CultureInfo.InvariantCulture,
                $"'{Question}' is answered yes with probability {probability:0.000} "
                + $"({(isMatch ? "at least" : "below")} {Spec.Threshold:0.###})."),
        };
    }
}
