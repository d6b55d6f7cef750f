using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Embedded.Watching;

/// <summary>Makes rules of what <c>--alert</c> says.</summary>
internal static class WatchRules
{
    /// <param name="camera">The camera that they watch.</param>
    /// <param name="expressions">One rule each.</param>
    /// <param name="confirm">Matching captions in a row that open an incident.</param>
    /// <exception cref="FailureException">Usage: an expression cannot be read, or <paramref name="confirm"/> is too large.</exception>
    public static CompiledRuleSet Build(CameraId camera, IReadOnlyList<string> expressions, int confirm)
    {
        var entries = expressions.Select((expression, index) => EntryOf(expression, index, confirm)).ToArray();
        return CompiledRuleSet.Build(new WatchedCamera(camera, camera.Value, []), entries, new ExpressionCache());
    }

    private static Entry<RuleId, RuleSpec> EntryOf(string expression, int index, int confirm)
    {
        var spec = new RuleSpec
        {
            Name = expression.Length <= Limits.NameCharsMax ? expression : expression[..(Limits.NameCharsMax - 1)] + "…",
            Expression = expression,
            Timing = new RuleTiming { OnMatches = confirm, OnWindow = confirm },
        };
        if (RuleSpecValidator.Validate(spec) is [var error, ..])
        {
            throw new FailureException(FailureKind.Usage, $"--alert '{expression}' cannot be used: {error.Message} {error.Hint}".TrimEnd());
        }

        return new()
        {
            Id = new RuleId($"rule_{index + 1}"),
            Spec = spec,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
    }
}
