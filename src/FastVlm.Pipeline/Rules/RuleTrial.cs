using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Rules;

/// <summary>What a rule that is being written would say.</summary>
/// <param name="Errors">All faults of the rule; a rule with faults says nothing.</param>
/// <param name="Verdict">Null where there is an error, or nothing to judge.</param>
public sealed record RuleTrial(IReadOnlyList<SpecError> Errors, RuleVerdict? Verdict)
{
    /// <param name="spec">The rule; its name may still be missing.</param>
    /// <param name="text">A caption for a caption rule; null to check the rule only.</param>
    /// <param name="probability">An answer, 0 to 1, for a question rule; null to check the rule only.</param>
    public static RuleTrial Run(RuleSpec spec, string? text, double? probability)
    {
        ArgumentNullException.ThrowIfNull(spec);

        // A rule is tried out before it gets its name.
        var named = string.IsNullOrWhiteSpace(spec.Name) ? spec with { Name = "rule" } : spec;
        var errors = RuleSpecValidator.Validate(named);
        if (errors.Count > 0)
        {
            return new RuleTrial(errors, null);
        }

        var judge = CompiledRule.Compile(named);
        var hasInput = judge.Question is null ? text is not null : probability is not null;
        return new RuleTrial([], hasInput ? judge.Judge(new CaptionText(text ?? ""), probability) : null);
    }
}
