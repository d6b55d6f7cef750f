using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class PhraseRuleTests
{
    private static readonly PhraseRule PartDropped = PhraseRule.Parse("part dropped");

    [Theory]
    [InlineData("part dropped")]
    [InlineData("Part dropped: a red nut.")]
    [InlineData("PART DROPPED!")]
    [InlineData("dropped parts")]
    [InlineData("a part drops")]
    [InlineData("Parts are dropping off the belt.")]
    [InlineData("A red part has been dropped on the floor.")]
    [InlineData("A part was dropped on the floor: a blue bolt.")]
    [InlineData("A green part, a bracket, was dropped on the floor.")]
    [InlineData("A part has dropped off the belt: a yellow gear.")]
    [InlineData("The part on the left side of the belt has dropped.")]
    [InlineData("There is a dropped part on the floor.")]
    [InlineData("A worker dropped a part.")]
    [InlineData("The robot has just dropped two small red parts.")]
    [InlineData("The image shows a conveyor; below it a dropped metal part can be seen.")]
    [InlineData("A part’s been dropped.")]
    [InlineData("Two parts-dropped near the guide.")]
    [InlineData("Dropped on the floor is a part.")]
    [InlineData("A part, which is red, dropped.")]
    [InlineData("A part slipped and it dropped.")]
    [InlineData("A part and a box have dropped.")]
    [InlineData("A box, a part and a tray dropped from the belt.")]
    [InlineData("The worker dropped a box and a part.")]
    [InlineData("Alert: part dropped")]
    [InlineData("Part dropped: yes")]
    [InlineData("Did a part drop? Yes, near the guide.")]
    [InlineData("- Belt running\n- Part dropped\n- No smoke")]
    public void Finds_every_wording(string caption) => AssertMatch(PartDropped, caption);

    [Theory]
    [InlineData("No smoke. A part dropped.")]
    [InlineData("A part dropped and there is no smoke.")]
    [InlineData("There is no smoke and a part has dropped.")]
    [InlineData("There is no smoke, but parts have dropped.")]
    [InlineData("No smoke, a part dropped.")]
    [InlineData("No person is visible, and a part was dropped on the floor.")]
    [InlineData("A part dropped without stopping the belt.")]
    [InlineData("Without stopping the belt, a part dropped.")]
    [InlineData("With no one nearby, a part dropped.")]
    [InlineData("The worker, who is not wearing a helmet, dropped a part.")]
    [InlineData("No, the part dropped on the floor.")]
    [InlineData("There is no doubt that a part dropped.")]
    [InlineData("Not only has a part dropped, the belt has stopped too.")]
    [InlineData("The part is not on the belt but dropped on the floor.")]
    [InlineData("The part is not on the belt; it dropped on the floor.")]
    [InlineData("No one is near the dropped part.")]
    [InlineData("There is no person next to the dropped red part.")]
    [InlineData("They have not picked up the dropped part.")]
    [InlineData("Nobody is there. Parts dropped.")]
    [InlineData("A part has dropped and smoke is not visible.")]
    [InlineData("The belt is free of smoke, and a part dropped.")]
    [InlineData("There are no visible issues; one part has dropped.")]
    [InlineData("No issues are visible except a dropped part.")]
    [InlineData("There is nothing on the floor except for one dropped part.")]
    [InlineData("No issues other than a dropped part.")]
    [InlineData("Nothing unusual apart from parts that were dropped.")]
    [InlineData("Nothing unusual: a part dropped.")]
    [InlineData("The part dropped is not damaged.")]
    [InlineData("A part has dropped, not a box.")]
    [InlineData("No one dropped it, but the part dropped by itself.")]
    [InlineData("Parts dropped: 2")]
    [InlineData("Yes, a part dropped.")]
    public void Finds_it_beside_a_negation_of_something_else(string caption) => AssertMatch(PartDropped, caption);

    [Theory]
    [InlineData("no part dropped", "no")]
    [InlineData("No parts were dropped.", "no")]
    [InlineData("A part has not been dropped.", "not")]
    [InlineData("A part hasn't been dropped.", "hasn't")]
    [InlineData("A part hasn’t dropped.", "hasn't")]
    [InlineData("The part has never dropped.", "never")]
    [InlineData("without any dropped part", "without")]
    [InlineData("The belt is running without dropped parts.", "without")]
    [InlineData("None of the parts has dropped.", "none")]
    [InlineData("Nobody dropped a part.", "nobody")]
    [InlineData("No one dropped a part.", "no")]
    [InlineData("Neither part dropped.", "neither")]
    [InlineData("The worker did not drop the part.", "not")]
    [InlineData("The robot can't drop parts.", "can't")]
    [InlineData("There are no dropped parts on the floor.", "no")]
    [InlineData("There is no smoke or dropped part.", "no")]
    [InlineData("No smoke, sparks or dropped parts are visible.", "no")]
    [InlineData("No smoke, no fire, no dropped parts.", "no")]
    [InlineData("No smoke, a spill, or a dropped part is visible.", "no")]
    [InlineData("A dropped part is not visible.", "not")]
    [InlineData("Dropped parts are not visible.", "not")]
    [InlineData("Dropped parts and tools are not visible.", "not")]
    [InlineData("The floor is free of dropped parts.", "free of")]
    [InlineData("The floor is clear of dropped parts.", "clear of")]
    [InlineData("Zero parts dropped.", "zero")]
    [InlineData("0 parts dropped.", "0")]
    [InlineData("Dropped parts: none", "none")]
    [InlineData("Part dropped: no", "no")]
    [InlineData("{\"part_dropped\": false}", "false")]
    [InlineData("A guard prevents parts from dropping.", "prevents")]
    [InlineData("The gripper failed to drop the part.", "failed to")]
    [InlineData("If a part drops, the belt stops.", "if")]
    [InlineData("It is unclear whether a part has dropped.", "whether")]
    [InlineData("A part is held instead of dropped.", "instead of")]
    [InlineData("A part almost dropped.", "almost")]
    [InlineData("A part is about to drop.", "about to")]
    [InlineData("All parts are on the belt, none have dropped.", "none")]
    [InlineData("I cannot see any dropped parts.", "cannot")]
    [InlineData("I don't see any part that has dropped.", "don't")]
    [InlineData("It does not appear that a part has dropped.", "not")]
    [InlineData("There isn't a dropped part; the floor is clear.", "isn't")]
    [InlineData("The floor is clean, with no parts dropped.", "no")]
    [InlineData("There is no longer a dropped part.", "no")]
    [InlineData("Parts dropped: 0", "0")]
    public void Does_not_match_what_is_denied(string caption, string denial)
    {
        var verdict = PartDropped.Judge(caption);

        Assert.False(verdict.IsMatch, verdict.Why);
        Assert.Contains($"denied by '{denial}'", verdict.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nothing has been dropped.")]
    [InlineData("The partition was dropped.")]
    [InlineData("The curtain is partially dropped.")]
    [InlineData("A party dropped by.")]
    [InlineData("The parts department.")]
    [InlineData("A part has a droplet on it.")]
    [InlineData("A part lies on the floor. A box dropped.")]
    [InlineData("Part on belt\nBox dropped")]
    [InlineData("A part is on the belt and a box has been dropped.")]
    [InlineData("A part is on the belt while the worker dropped a hammer.")]
    [InlineData("A part is moving, a box dropped.")]
    [InlineData("A box has been dropped next to a part.")]
    [InlineData("A box dropped near the parts.")]
    [InlineData("A part is next to the dropped box.")]
    [InlineData("A part lies on the floor beside a dropped box.")]
    [InlineData("The worker dropped a box and picked up a part.")]
    [InlineData("Has a part been dropped?")]
    [InlineData("Did a part drop? No.")]
    [InlineData("A part moves along the long green belt past the big yellow robot arm that dropped")]
    [InlineData("The belt is empty.")]
    [InlineData("")]
    [InlineData("...")]
    public void Does_not_match_something_else(string caption)
    {
        var verdict = PartDropped.Judge(caption);

        Assert.False(verdict.IsMatch, verdict.Why);
        Assert.Null(verdict.Span);
        Assert.NotEmpty(verdict.Why);
    }

    [Theory]
    [InlineData("person lying", "A worker has fallen and a person is lying on the floor.", true)]
    [InlineData("person lying", "A person lies on the floor beside the belt.", true)]
    [InlineData("person lying", "People are lying on the floor.", true)]
    [InlineData("person lying", "A person is standing; a box lies on the floor.", false)]
    [InlineData("smoke", "Smoke is rising.", true)]
    [InlineData("smoke", "The machine is smoking.", true)]
    [InlineData("smoke", "There is no smoke.", false)]
    [InlineData("smoke", "No smoke or fire is visible.", false)]
    [InlineData("lights off", "The lights are off.", true)]
    [InlineData("lights off", "The lights are on.", false)]
    [InlineData("lights off", "The lights are not off.", false)]
    [InlineData("parts jammed", "Parts are jammed at the guide.", true)]
    [InlineData("belt stopped", "The conveyor belt is stopped.", true)]
    [InlineData("belt stopped", "The belt has not stopped.", false)]
    [InlineData("liquid spill", "A liquid has spilled on the floor.", true)]
    [InlineData("liquid spill", "Liquid was spilt here.", true)]
    [InlineData("part on the floor", "A part lies on the floor.", true)]
    [InlineData("box open", "An open box is on the floor.", true)]
    [InlineData("box open", "The box is closed.", false)]
    [InlineData("fallen", "A stack of boxes fell over.", true)]
    [InlineData("forklift near person", "A person stands near a forklift.", true)]
    public void Takes_other_phrases(string phrase, string caption, bool expected) =>
        Assert.Equal(expected, PhraseRule.Parse(phrase).Judge(caption).IsMatch);

    [Theory]
    [InlineData("belt not moving", "The belt is not moving.", true)]
    [InlineData("belt not moving", "The belt isn't moving.", true)]
    [InlineData("belt not moving", "The belt is moving.", false)]
    [InlineData("person without helmet", "A person without a helmet stands at the belt.", true)]
    [InlineData("person without helmet", "A person with a helmet stands at the belt.", false)]
    [InlineData("no helmet", "The worker has no helmet.", true)]
    [InlineData("no helmet", "The worker wears a helmet and no gloves.", false)]
    public void A_phrase_may_deny_something_itself(string phrase, string caption, bool expected) =>
        Assert.Equal(expected, PhraseRule.Parse(phrase).Judge(caption).IsMatch);

    [Fact]
    public void Names_the_span_and_why()
    {
        var verdict = PartDropped.Judge("No smoke. A red part has been dropped on the floor.");

        Assert.Equal("part has been dropped", verdict.Span);
        Assert.Equal(16, verdict.SpanStart);
        Assert.Equal("'part has been dropped' tells it (part … dropped).", verdict.Why);
    }

    [Fact]
    public void Says_why_a_near_miss_is_none()
    {
        Assert.Equal("'part dropped' does not match: 'part' is denied by 'no'.", PartDropped.Judge("No part dropped.").Why);
        Assert.Equal("'part dropped' does not match: no form of 'dropped' occurs.", PartDropped.Judge("A part moves.").Why);
        Assert.Equal("'part dropped' does not match: its words stand in different sentences.",
            PartDropped.Judge("A part moves. A box dropped.").Why);
    }

    /// <summary>The limit is 4 words with meaning between the two; small words do not count.</summary>
    [Theory]
    [InlineData("The part of the small red steel cover dropped.", true)]
    [InlineData("The part of the small red round steel cover dropped.", false)]
    public void The_words_must_stand_close_together(string caption, bool expected) =>
        Assert.Equal(expected, PartDropped.Judge(caption).IsMatch);

    [Theory]
    [InlineData("")]
    [InlineData("the")]
    [InlineData("one two three apples pears plums grapes figs dates nuts limes kiwis")]
    public void A_phrase_without_meaning_is_refused(string phrase) =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<FailureException>(() => PhraseRule.Parse(phrase)).Kind);

    [Fact]
    public void A_caption_that_repeats_itself_is_judged_quickly()
    {
        var caption = string.Concat(Enumerable.Repeat("no part part part dropped dropped ", 2000));

        Assert.False(PhraseRule.Parse("part dropped part dropped").Judge(caption).IsMatch);
    }

    private static void AssertMatch(PhraseRule rule, string caption)
    {
        var verdict = rule.Judge(caption);

        Assert.True(verdict.IsMatch, verdict.Why);
        Assert.Equal(caption.Substring(verdict.SpanStart, verdict.Span!.Length), verdict.Span);
    }
}
