using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class CompiledRuleSetTests
{
    private static readonly QuestionAnswers None = QuestionAnswers.None;

    [Fact]
    public void Takes_the_enabled_rules_of_its_camera_in_their_order()
    {
        var set = TestRules.Set(
            TestRules.Caption("smoke"),
            TestRules.Caption("fire").With(spec => spec with { Enabled = false }),
            TestRules.Caption("spill").With(spec => spec with { Cameras = new CameraSelector { Tags = ["INDOOR"] } }),
            TestRules.Caption("leak").With(spec => spec with { Cameras = new CameraSelector { Tags = ["outdoor"] } }),
            TestRules.Caption("part").With(spec => spec with { Cameras = new CameraSelector { Ids = [TestRules.Camera.Id] } }),
            TestRules.Caption("box").With(spec => spec with { Cameras = new CameraSelector { Ids = [new CameraId("other")] } }));

        Assert.Equal(["smoke", "spill", "part"], set.Rules.Select(rule => rule.Id.Value));
        Assert.Empty(set.Skipped);
    }

    [Fact]
    public void Skips_what_cannot_judge_and_says_why()
    {
        var set = TestRules.Set(
            TestRules.Caption("smoke and", id: "broken"),
            TestRules.Caption("smoke").With(spec => spec with { Schedule = new ScheduleSpec { TimeZone = "Nowhere" } }),
            TestRules.Caption("fire"));

        Assert.Equal(["fire"], set.Rules.Select(rule => rule.Id.Value));
        Assert.Equal(["broken", "smoke"], set.Skipped.Select(skipped => skipped.Id.Value));
        Assert.Equal("A term is missing at the end.", set.Skipped[0].Reason);
        Assert.StartsWith("The time zone 'Nowhere' is unknown", set.Skipped[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Asks_every_question_once_and_no_more_than_the_model_has_time_for()
    {
        var rules = Enumerable.Range(0, Limits.QuestionsPerCameraMax + 1).Select(i => TestRules.Question($"Question {i}?"))
            .Prepend(TestRules.Question(" Question 1? ", id: "again"))
            .ToArray();
        var set = TestRules.Set(rules);

        Assert.Equal(
            Enumerable.Range(0, Limits.QuestionsPerCameraMax).Select(i => $"Question {i}?").OrderBy(q => q != "Question 1?"),
            set.Questions);
        Assert.Equal(["Question 16?"], set.Skipped.Select(skipped => skipped.Id.Value));
    }

    [Fact]
    public void Takes_no_more_rules_than_the_limit()
    {
        var rules = Enumerable.Range(0, Limits.RulesPerCameraMax + 2).Select(i => TestRules.Caption("smoke", id: $"r{i}"));
        var set = TestRules.Set([.. rules]);

        Assert.Equal(Limits.RulesPerCameraMax, set.Rules.Count);
        Assert.Equal(2, set.Skipped.Count);
    }

    /// <summary>The set may have been swapped while the model was at work.</summary>
    [Fact]
    public void Answers_belong_to_the_questions_that_were_asked()
    {
        var set = TestRules.Set(TestRules.Question("Smoke?", 0.5), TestRules.Question("Fire?", 0.5), TestRules.Question("Spill?", 0.5));

        var verdicts = set.Evaluate("x", new QuestionAnswers(["Fire?", "Leak?", "Smoke?"], [0.9, 0.8]));

        var verdict = Assert.Single(verdicts);
        Assert.Equal(("Fire?", true, 0.9), (verdict.RuleId.Value, verdict.IsMatch, verdict.Probability));
        Assert.Equal("'Fire?' is answered yes with probability 0.900 (at least 0.5).", verdict.Why);
    }

    [Fact]
    public void A_text_is_parsed_once_for_all_cameras()
    {
        var cache = new ExpressionCache();

        Assert.Same(cache.Parse("smoke or fire").Expression, cache.Parse("smoke or fire").Expression);
        Assert.False(cache.Parse("smoke or").IsValid);
    }

    [Fact]
    public void Many_threads_may_judge_at_once()
    {
        var set = TestRules.Set(TestRules.Caption("part dropped"), TestRules.Caption("not person"), TestRules.Caption("/p\\w+t/"));

        Parallel.For(0, 2000, i =>
        {
            var text = i % 2 == 0 ? "A part dropped." : "No part dropped; a person is there.";
            bool[] expected = i % 2 == 0 ? [true, true, true] : [false, false, true];
            Assert.Equal(expected, set.Evaluate(text, None).Select(verdict => verdict.IsMatch));
        });
    }

    /// <summary>Hundreds of cameras have the same rules, and each change of one rule makes all their sets anew.</summary>
    [Fact]
    public void The_set_of_another_camera_costs_no_second_parsing()
    {
        var rules = Enumerable.Range(0, 50).Select(i => new Entry<RuleId, RuleSpec>
        {
            Id = new RuleId($"rule_{i}"),
            Spec = new RuleSpec { Name = $"Rule {i}", Expression = $@"/\bpart {i}\b.{{0,40}}\b(dropped|fell)\b/" },
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        }).ToList();
        var expressions = new ExpressionCache();

        var first = AllocatedByBuilding("line 1", rules, expressions);
        var second = AllocatedByBuilding("line 2", rules, expressions);

        Assert.True(second < first / 10, $"The first camera's set took {first} bytes of work, the second one's {second}.");
    }

    private static long AllocatedByBuilding(string camera, List<Entry<RuleId, RuleSpec>> rules, ExpressionCache expressions)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = CompiledRuleSet.Build(new WatchedCamera(new CameraId(camera), camera, []), rules, expressions);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(rules.Count, set.Rules.Count);
        return allocated;
    }
}
