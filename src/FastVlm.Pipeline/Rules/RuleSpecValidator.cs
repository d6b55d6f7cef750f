using System.Globalization;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Finds all faults of a rule at once. Knows nothing of other rules and cameras: names that are taken and cameras that do
/// not exist are the configuration's concern.
/// </summary>
public static class RuleSpecValidator
{
    private static readonly TimeSpan DayLength = TimeSpan.FromHours(24);
    private static readonly TimeSpan ClearAfterMax = TimeSpan.FromHours(1);

    private const int OnWindowMax = 100;
    private const int OffMissesMax = 1000;
    private const int TagCharsMax = Limits.NameCharsMax;

    public static IReadOnlyList<SpecError> Validate(RuleSpec spec) => Validate(spec, RuleExpression.Parse);

    /// <param name="spec">The rule.</param>
    /// <param name="parse">Parses its expression: from a cache where many cameras have the rule; a regular expression takes long.</param>
    internal static IReadOnlyList<SpecError> Validate(RuleSpec spec, Func<string, ParsedExpression> parse)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return
        [
            .. CheckName(spec.Name),
            .. spec.Kind switch
            {
                RuleKind.Caption => CheckExpression(spec, parse),
                RuleKind.Question => CheckQuestion(spec),
                _ => [new SpecError("$.kind", $"The kind '{spec.Kind}' is unknown; it is 'caption' or 'question'.")],
            },
            .. Enum.IsDefined(spec.Severity)
                ? Array.Empty<SpecError>()
                : [new SpecError("$.severity", $"The severity '{spec.Severity}' is unknown; it is 'info', 'warning' or 'critical'.")],
            .. CheckTiming(spec.Timing),
            .. spec.Schedule is { } schedule ? ScheduleValidator.Validate(schedule, "$.schedule") : [],
            .. CheckSelector(spec.Cameras),
        ];
    }

    private static IEnumerable<SpecError> CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > Limits.NameCharsMax)
        {
            yield return new SpecError(
                "$.name", $"A rule's name has 1 to {Limits.NameCharsMax} characters; this one has {name.Trim().Length}.");
        }
        else if (name.Any(char.IsControl))
        {
            yield return new SpecError("$.name", "A rule's name has no control characters and no line breaks.");
        }
    }

    private static IEnumerable<SpecError> CheckExpression(RuleSpec spec, Func<string, ParsedExpression> parse)
    {
        if (spec.Question is { Length: > 0 })
        {
            yield return new SpecError(
                "$.question", "A caption rule has an expression and no question; remove it, or make the kind 'question'.");
        }

        foreach (var error in parse(spec.Expression ?? "").Errors)
        {
            yield return new SpecError("$.expression", error.Message, error.Position, error.Hint);
        }
    }

    private static IEnumerable<SpecError> CheckQuestion(RuleSpec spec)
    {
        if (spec.Expression is { Length: > 0 })
        {
            yield return new SpecError(
                "$.expression", "A question rule has a question and no expression; remove it, or make the kind 'caption'.");
        }

        var question = spec.Question ?? "";
        if (string.IsNullOrWhiteSpace(question) || question.Length > Limits.QuestionCharsMax)
        {
            yield return new SpecError(
                "$.question",
                $"A question has 1 to {Limits.QuestionCharsMax} characters, as in 'Is a part on the floor?'; "
                + $"this one has {question.Trim().Length}.");
        }

        // Written so that NaN is refused.
        if (!(spec.Threshold > 0 && spec.Threshold < 1))
        {
            yield return new SpecError(
                "$.threshold",
                string.Create(CultureInfo.InvariantCulture, $"The threshold is a probability above 0 and below 1, not {spec.Threshold}."));
        }
    }

    private static IEnumerable<SpecError> CheckTiming(RuleTiming timing)
    {
        if (timing.OnWindow is < 1 or > OnWindowMax)
        {
            yield return new SpecError("$.timing.onWindow", $"The window has 1 to {OnWindowMax} looks, not {timing.OnWindow}.");
        }

        if (timing.OnMatches < 1 || timing.OnMatches > Math.Max(1, timing.OnWindow))
        {
            yield return new SpecError(
                "$.timing.onMatches",
                $"The matches that open an incident are 1 to the window's {timing.OnWindow} looks, not {timing.OnMatches}.");
        }

        if (timing.OffMisses is < 1 or > OffMissesMax)
        {
            yield return new SpecError(
                "$.timing.offMisses", $"The looks without a match that clear an incident are 1 to {OffMissesMax}, not {timing.OffMisses}.");
        }

        foreach (var (path, value, limit) in ((string, TimeSpan, TimeSpan)[])
            [
                ("minimumDurationSeconds", timing.MinimumDuration, DayLength),
                ("clearAfterSeconds", timing.ClearAfter, ClearAfterMax),
                ("cooldownSeconds", timing.Cooldown, DayLength),
            ])
        {
            if (value < TimeSpan.Zero || value > limit)
            {
                yield return new SpecError(
                    $"$.timing.{path}",
                    string.Create(CultureInfo.InvariantCulture, $"This time is 0 to {limit.TotalSeconds} s, not {value.TotalSeconds} s."));
            }
        }
    }

    private static IEnumerable<SpecError> CheckSelector(CameraSelector cameras)
    {
        for (var i = 0; i < cameras.Ids.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(cameras.Ids[i].Value))
            {
                yield return new SpecError($"$.cameras.ids[{i}]", "A camera's id is not empty.");
            }
        }

        if (cameras.Ids.Count > Limits.CamerasMax)
        {
            yield return new SpecError(
                "$.cameras.ids", $"A rule names at most {Limits.CamerasMax} cameras, not {cameras.Ids.Count}; use a tag.");
        }

        if (cameras.Tags.Count > Limits.TagsMax)
        {
            yield return new SpecError("$.cameras.tags", $"A rule names at most {Limits.TagsMax} tags, not {cameras.Tags.Count}.");
        }

        for (var i = 0; i < cameras.Tags.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(cameras.Tags[i]) || cameras.Tags[i].Length > TagCharsMax)
            {
                yield return new SpecError(
                    $"$.cameras.tags[{i}]",
                    $"A tag has 1 to {TagCharsMax} characters; this one has {(cameras.Tags[i] ?? "").Trim().Length}.");
            }
        }
    }
}
