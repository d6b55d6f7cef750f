using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class RuleSpecValidatorTests
{
    private static readonly RuleSpec Valid = new() { Name = "Part dropped", Expression = "part dropped" };

    [Fact]
    public void Takes_what_is_right()
    {
        Assert.Empty(RuleSpecValidator.Validate(Valid));
        Assert.Empty(RuleSpecValidator.Validate(new RuleSpec { Name = "q", Kind = RuleKind.Question, Question = "Is there smoke?" }));
    }

    [Fact]
    public void Tells_all_faults_at_once_with_their_paths()
    {
        var spec = new RuleSpec
        {
            Name = " ",
            Expression = "part and (",
            Question = "Why?",
            Severity = (Severity)7,
            Timing = new RuleTiming
            {
                OnMatches = 3, OnWindow = 2, OffMisses = 0, MinimumDuration = TimeSpan.FromHours(25), ClearAfter = TimeSpan.FromSeconds(-1),
                Cooldown = TimeSpan.FromDays(2),
            },
            Schedule = new ScheduleSpec
            {
                TimeZone = "Nowhere",
                Shifts =
                [
                    new ShiftSpec { From = new TimeOnly(6, 0, 30), Days = [DayOfWeek.Monday, (DayOfWeek)9, DayOfWeek.Monday] },
                ],
                Maintenance = [new MaintenanceWindow { Note = new string('n', 81) }],
            },
            Cameras = new CameraSelector { Ids = [new CameraId("")], Tags = ["line", new string('t', 81)] },
        };

        Assert.Equal(
            [
                "$.name", "$.question", "$.expression", "$.expression", "$.severity", "$.timing.onMatches", "$.timing.offMisses",
                "$.timing.minimumDurationSeconds", "$.timing.clearAfterSeconds", "$.timing.cooldownSeconds", "$.schedule.timeZone",
                "$.schedule.shifts[0].from", "$.schedule.shifts[0].days[1]", "$.schedule.shifts[0].days[2]",
                "$.schedule.maintenance[0].to", "$.schedule.maintenance[0].note", "$.cameras.ids[0]", "$.cameras.tags[1]",
            ],
            RuleSpecValidator.Validate(spec).Select(error => error.Path));
    }

    [Fact]
    public void An_expression_s_fault_has_a_position_and_a_hint()
    {
        var error = Assert.Single(RuleSpecValidator.Validate(Valid with { Expression = "smoke && fire" }), e => e.Position == 6);

        Assert.Equal("Write 'and' between two terms that must both match.", error.Hint);
    }

    [Theory]
    [InlineData(null, 0.5, "$.question")]
    [InlineData(" ", 0.5, "$.question")]
    [InlineData("Is there smoke?", 0, "$.threshold")]
    [InlineData("Is there smoke?", 1, "$.threshold")]
    [InlineData("Is there smoke?", double.NaN, "$.threshold")]
    public void A_question_rule_needs_a_question_and_a_probability(string? question, double threshold, string path) =>
        Assert.Equal(
            path,
            Assert.Single(RuleSpecValidator.Validate(
                new RuleSpec { Name = "q", Kind = RuleKind.Question, Question = question, Threshold = threshold })).Path);

    [Fact]
    public void A_trial_needs_no_name()
    {
        var match = RuleTrial.Run(Valid with { Name = "" }, "A part dropped.", null);
        var faulty = RuleTrial.Run(Valid with { Expression = "part and" }, "A part dropped.", null);
        var answer = RuleTrial.Run(new RuleSpec { Kind = RuleKind.Question, Question = "Smoke?", Threshold = 0.7 }, null, 0.6999);

        Assert.Equal((true, "part dropped", 2), (match.Verdict!.IsMatch, match.Verdict.Span, match.Verdict.SpanStart));
        Assert.Equal(("$.expression", 8), (faulty.Errors[0].Path, faulty.Errors[0].Position));
        Assert.Null(faulty.Verdict);
        Assert.Equal("'Smoke?' is answered yes with probability 0.700 (below 0.7).", answer.Verdict!.Why);
        Assert.False(answer.Verdict.IsMatch);
        Assert.Null(RuleTrial.Run(Valid, null, 0.9).Verdict);
    }
}
