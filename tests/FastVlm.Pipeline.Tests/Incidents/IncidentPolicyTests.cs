using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Tests.Incidents;

public sealed class IncidentPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// One look per second: x a match, . a miss, - a second without a look, [ ] outside the schedule. Below each look what
    /// it changed: O opened, = ongoing, C cleared, E schedule ended, . nothing.
    /// </summary>
    [Theory]
    [InlineData("1/1 off 1", "x.xx.", "OCO=C")]
    [InlineData("1/1 off 3", "x..x...x", "O..=..CO")]
    [InlineData("2/2 off 1", "x.xx..", "...OC.")]
    [InlineData("2/3 off 1", "x.x.xx", "..OC.O")]
    [InlineData("2/3 off 2", "x..x.x", ".....O")]
    [InlineData("3/5 off 1", "x.x.x", "....O")]
    [InlineData("3/5 off 1", "x.x..x.x", "........")]
    [InlineData("3/3 off 1", "xxxx.x", "..O=C.")]
    [InlineData("1/1 off 1 after 3", "x....x", "O..C.O")]
    [InlineData("1/1 off 2 after 3", "x.x...x", "O.=..CO")]
    [InlineData("1/1 off 1 after 2", "x-.x", "O CO")]
    [InlineData("1/1 off 1 for 2", "xxxx", "..O=")]
    [InlineData("1/1 off 1 for 2", "xx.xxx", ".....O")]
    [InlineData("1/1 off 1 for 2", "x-x", ". O")]
    [InlineData("2/3 off 1 for 2", "x.x", "..O")]
    [InlineData("2/3 off 1 for 3", "x.x.x", ".....")]
    [InlineData("2/3 off 1 for 3", "x.xx", "...O")]
    [InlineData("1/1 off 3", "[xx]x", "..O")]
    [InlineData("1/1 off 3", "x[x.]", "OE.")]
    [InlineData("2/2 off 3", "x[x]x", "...")]
    [InlineData("1/1 off 3", "x..[.]..x", "O..E..O")]
    public void Opens_and_clears_as_the_timing_says(string timing, string looks, string expected)
    {
        var policy = new IncidentPolicy(Parse(timing));
        var (at, isScheduled, changes) = (Start, true, "");
        foreach (var look in looks)
        {
            if (look is '[' or ']')
            {
                isScheduled = look == ']';
                continue;
            }

            changes += look == '-' ? ' ' : Letter(policy.Advance(look == 'x', isScheduled, at));
            at = at.AddSeconds(1);
        }

        Assert.Equal(expected, changes);
    }

    [Fact]
    public void Counts_the_looks_at_which_it_was_so()
    {
        var policy = new IncidentPolicy(Parse("2/3 off 2"));
        long[] counts = [.. "x.x.x..x".Select((look, second) =>
        {
            policy.Advance(look == 'x', isScheduled: true, Start.AddSeconds(second));
            return policy.MatchCount;
        })];

        Assert.Equal([1, 1, 2, 2, 3, 3, 0, 1], counts);
    }

    /// <summary>A clock that is set back must neither clear an incident nor keep it open for ever.</summary>
    [Fact]
    public void A_clock_that_is_set_back_stands_still()
    {
        var policy = new IncidentPolicy(Parse("1/1 off 1 after 3"));
        Assert.Equal(PolicyChange.Opened, policy.Advance(true, true, Start));
        var backThen = Start.AddHours(-1);

        Assert.Equal(PolicyChange.None, policy.Advance(false, true, backThen));
        Assert.Equal(PolicyChange.None, policy.Advance(false, true, backThen.AddSeconds(2)));
        Assert.Equal(PolicyChange.Cleared, policy.Advance(false, true, backThen.AddSeconds(3)));
    }

    [Fact]
    public void Goes_on_after_a_restart_as_if_just_seen()
    {
        var policy = IncidentPolicy.Restore(Parse("3/3 off 2 after 5"), matchCount: 7);

        Assert.Equal(PolicyChange.Ongoing, policy.Advance(true, true, Start));
        Assert.Equal(8, policy.MatchCount);
        Assert.Equal(PolicyChange.None, policy.Advance(false, true, Start.AddSeconds(4)));
        Assert.Equal(PolicyChange.Cleared, policy.Advance(false, true, Start.AddSeconds(5)));
    }

    [Fact]
    public void The_schedule_ends_an_incident_without_a_look()
    {
        var policy = new IncidentPolicy(Parse("1/1 off 9"));
        policy.Advance(true, true, Start);

        Assert.Equal(PolicyChange.None, policy.AdvanceSchedule(true));
        Assert.Equal(PolicyChange.ScheduleEnded, policy.AdvanceSchedule(false));
        Assert.Equal(PolicyChange.None, policy.AdvanceSchedule(false));
    }

    [Theory]
    [InlineData("0/1 off 1")]
    [InlineData("2/1 off 1")]
    [InlineData("1/1 off 0")]
    public void Refuses_what_cannot_be(string timing) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new IncidentPolicy(Parse(timing)));

    /// <summary>"N/M off K [after S] [for S]".</summary>
    private static RuleTiming Parse(string text)
    {
        var words = text.Split(' ');
        double Number(string after) => Array.IndexOf(words, after) is var i and >= 0
            ? double.Parse(words[i + 1], System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        return new RuleTiming
        {
            OnMatches = words[0][0] - '0',
            OnWindow = words[0][2] - '0',
            OffMisses = (int)Number("off"),
            ClearAfter = TimeSpan.FromSeconds(Number("after")),
            MinimumDuration = TimeSpan.FromSeconds(Number("for")),
        };
    }

    private static char Letter(PolicyChange change) => change switch
    {
        PolicyChange.Opened => 'O',
        PolicyChange.Ongoing => '=',
        PolicyChange.Cleared => 'C',
        PolicyChange.ScheduleEnded => 'E',
        _ => '.',
    };
}
