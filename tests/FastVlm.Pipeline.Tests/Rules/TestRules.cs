using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Rules;

/// <summary>Rules and rule sets of the test camera.</summary>
internal static class TestRules
{
    public static readonly DateTimeOffset Saved = new(2025, 12, 24, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An incident opens at the first match and clears at the first miss.</summary>
    public static readonly RuleTiming Prompt = new() { OffMisses = 1, ClearAfter = TimeSpan.Zero };

    public static readonly WatchedCamera Camera = new(TestFrames.Camera, "Line 3", ["indoor"]);

    public static Entry<RuleId, RuleSpec> Caption(string expression, RuleTiming? timing = null, string? id = null) =>
        Entry(new RuleSpec { Name = expression, Expression = expression, Timing = timing ?? Prompt }, id ?? expression);

    public static Entry<RuleId, RuleSpec> Question(string question, double threshold = 0.5, string? id = null) => Entry(
        new RuleSpec { Name = question, Kind = RuleKind.Question, Question = question, Threshold = threshold, Timing = Prompt },
        id ?? question);

    public static Entry<RuleId, RuleSpec> Entry(RuleSpec spec, string id, DateTimeOffset? updatedAt = null) =>
        new() { Id = new RuleId(id), Spec = spec, CreatedAt = Saved, UpdatedAt = updatedAt ?? Saved };

    public static Entry<RuleId, RuleSpec> With(this Entry<RuleId, RuleSpec> entry, Func<RuleSpec, RuleSpec> change) =>
        entry with { Spec = change(entry.Spec) };

    public static CompiledRuleSet Set(params Entry<RuleId, RuleSpec>[] rules) =>
        CompiledRuleSet.Build(Camera, rules, new ExpressionCache());
}
