using FastVlm.Pipeline.Alerts;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class AlertPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One caption per second: '1' matches, '0' does not; 'R' raised, 'C' cleared, '.' nothing.</summary>
    [Theory]
    [InlineData("0000", "....")]
    [InlineData("1111111111", "R.........")]
    [InlineData("100000000", "R....C...")]
    [InlineData("1010101000000", "R..........C.")]
    [InlineData("1001001000000", "R..........C.")]
    [InlineData("1000000001", "R....C...R")]
    [InlineData("0100010000000", ".R........C..")]
    public void Tells_once_per_episode(string captions, string expected) => Assert.Equal(expected, Run(new AlertPolicyOptions(), captions));

    [Theory]
    [InlineData("10101", ".....")]
    [InlineData("0110", "..R.")]
    public void Can_ask_for_two_matches_in_a_row(string captions, string expected) =>
        Assert.Equal(expected, Run(new AlertPolicyOptions { RaiseAfterMatches = 2 }, captions));

    [Fact]
    public void Slow_captions_end_an_episode_by_their_count()
    {
        var policy = new AlertPolicy(new AlertPolicyOptions());

        Assert.Equal(AlertChange.Raised, policy.Advance(isMatch: true, Start));
        Assert.Equal(AlertChange.None, policy.Advance(isMatch: false, Start.AddMinutes(1)));
        Assert.Equal(AlertChange.None, policy.Advance(isMatch: false, Start.AddMinutes(2)));
        Assert.Equal(AlertChange.Cleared, policy.Advance(isMatch: false, Start.AddMinutes(3)));
        Assert.False(policy.IsRaised);
    }

    private static string Run(AlertPolicyOptions options, string captions)
    {
        var policy = new AlertPolicy(options);
        return string.Concat(captions.Select((c, second) => policy.Advance(c == '1', Start.AddSeconds(second)) switch
        {
            AlertChange.Raised => 'R',
            AlertChange.Cleared => 'C',
            _ => '.',
        }));
    }
}
