using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Rules;

/// <summary>The camera for which a rule set is built.</summary>
public sealed record WatchedCamera(CameraId Id, string Name, IReadOnlyList<string> Tags);

/// <summary>A rule that does not judge, and why.</summary>
public sealed record SkippedRule(RuleId Id, string Name, string Reason);

/// <summary>The answers to the questions that were asked about a picture.</summary>
/// <param name="Questions">As they stood in the request.</param>
/// <param name="YesProbabilities">In the order of the questions; fewer where the model was cancelled.</param>
public sealed record QuestionAnswers(IReadOnlyList<string> Questions, IReadOnlyList<double> YesProbabilities)
{
    public static QuestionAnswers None { get; } = new([], []);

    /// <summary>Null where it was not asked or not answered.</summary>
    public double? Find(string question)
    {
        for (var i = 0; i < Math.Min(Questions.Count, YesProbabilities.Count); i++)
        {
            if (Questions[i] == question)
            {
                return YesProbabilities[i];
            }
        }

        return null;
    }
}

/// <summary>
/// The rules of one camera, ready to judge its captions. Immutable: a change is a new set, and a caption in flight is judged
/// by the set that is there when it comes. Safe for concurrent use.
/// </summary>
public sealed class CompiledRuleSet
{
    private CompiledRuleSet(WatchedCamera camera, IReadOnlyList<CompiledRule> rules, IReadOnlyList<SkippedRule> skipped)
    {
        Camera = camera;
        Rules = rules;
        Skipped = skipped;
        Questions = [.. rules.Select(rule => rule.Question).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    public WatchedCamera Camera { get; }

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<CompiledRule> Rules { get; }

    /// <summary>Rules that should watch this camera and cannot.</summary>
    public IReadOnlyList<SkippedRule> Skipped { get; }

    /// <summary>What to ask about each picture: every question once, in the order of the rules.</summary>
    public IReadOnlyList<string> Questions { get; }

    /// <summary>Takes the enabled rules that select the camera; invalid ones and those beyond the limits are skipped.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="rules">All rules of the configuration.</param>
    /// <param name="expressions">Shared by the sets of all cameras.</param>
    public static CompiledRuleSet Build(
        WatchedCamera camera, IEnumerable<Entry<RuleId, RuleSpec>> rules, ExpressionCache expressions)
    {
        ArgumentNullException.ThrowIfNull(camera);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(expressions);
        var compiled = new List<CompiledRule>();
        var skipped = new List<SkippedRule>();
        var questions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in rules.Where(rule => rule.Spec.Enabled && rule.Spec.Cameras.Selects(camera.Id, camera.Tags)))
        {
            var reason = ReasonToSkip(entry.Spec, compiled.Count, questions, expressions);
            if (reason is null)
            {
                var expression = entry.Spec.Kind == RuleKind.Caption ? expressions.Parse(entry.Spec.Expression!).Expression : null;
                compiled.Add(new CompiledRule(entry, expression));
            }
            else
            {
                skipped.Add(new SkippedRule(entry.Id, entry.Spec.Name, reason));
            }
        }

        return new CompiledRuleSet(camera, compiled, skipped);
    }

    /// <summary>One verdict for each rule that could be judged, in the order of <see cref="Rules"/>.</summary>
    /// <param name="text">The caption.</param>
    /// <param name="answers">What the model answered to the questions that its request had.</param>
    public IReadOnlyList<RuleVerdict> Evaluate(string text, QuestionAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var caption = new CaptionText(text);
        var verdicts = new List<RuleVerdict>(Rules.Count);
        foreach (var rule in Rules)
        {
            if (rule.Judge(caption, rule.Question is null ? null : answers.Find(rule.Question)) is { } verdict)
            {
                verdicts.Add(verdict);
            }
        }

        return verdicts;
    }

    private static string? ReasonToSkip(RuleSpec spec, int ruleCount, HashSet<string> questions, ExpressionCache expressions)
    {
        var errors = RuleSpecValidator.Validate(spec, expressions.Parse);
        if (errors.Count > 0)
        {
            return errors[0].Message;
        }

        if (ruleCount == Limits.RulesPerCameraMax)
        {
            return $"More than {Limits.RulesPerCameraMax} rules watch this camera.";
        }

        if (spec.Kind != RuleKind.Question || questions.Contains(spec.Question!.Trim()))
        {
            return null;
        }

        return questions.Count < Limits.QuestionsPerCameraMax && questions.Add(spec.Question.Trim())
            ? null
            : $"More than {Limits.QuestionsPerCameraMax} questions are asked about this camera's pictures.";
    }
}
