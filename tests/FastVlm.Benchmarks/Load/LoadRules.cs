using FastVlm.Pipeline.Configuration;

namespace FastVlm.Benchmarks.Load;

/// <summary>The rules of a load run: a phrase and a question that the story fires, and others that read every caption in vain.</summary>
internal static class LoadRules
{
    private static readonly string[] Subjects =
        ["smoke", "spark", "liquid", "person lying", "crate", "pallet", "ladder", "hose", "cable", "bottle", "valve", "guard"];

    private static readonly string[] Colours = ["red", "blue", "green", "yellow", "white", "grey"];

    private static readonly string[] Conditions =
    [
        "{0} on the floor",
        "{0} and not (lights off or dark)",
        "\"{0} beside\" or ({0} near belt)",
        @"/\b{0}s?\b.{{0,40}}\b(fire|flame)/",
    ];

    public static IEnumerable<RuleSpec> Of(int count)
    {
        yield return new RuleSpec { Name = "Part dropped", Expression = "part dropped or gear dropped", Severity = Severity.Critical };
        yield return new RuleSpec
        {
            Name = "Part dropped, asked",
            Kind = RuleKind.Question,
            Question = ScriptedModel.EventQuestion,
            Threshold = 0.7,
        };
        for (var i = 2; i < count; i++)
        {
            var subject = $"{Colours[i / 7 % Colours.Length]} {Subjects[i % Subjects.Length]}";
            var condition = Conditions[i / Subjects.Length % Conditions.Length];
            yield return new RuleSpec
            {
                Name = $"Rule {i}",
                Expression = string.Format(System.Globalization.CultureInfo.InvariantCulture, condition, subject),
                Timing = new RuleTiming { OnMatches = 1 + i % 3, OnWindow = 3 },
            };
        }
    }
}
