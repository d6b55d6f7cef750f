using FastVlm.Pipeline.Alerts;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class EndpointHealthTests
{
    /// <summary>Tries as '+' accepted, '-' not, 'g' gone, and the seconds from one to the next; '.DdUA' as the verdicts' letters.</summary>
    [Theory]
    [InlineData("++++", 60, "....")]
    [InlineData("--", 60, "..")]
    [InlineData("---", 29, "...")]
    [InlineData("---", 30, "..D")]
    [InlineData("----+", 30, "..DdU")]
    [InlineData("--+---", 60, ".....D")]
    [InlineData("----------", 5, "..........")]
    [InlineData("-------------", 5, "............D")]
    [InlineData("---+---+", 60, "..DU..DU")]
    [InlineData("g", 60, "A")]
    [InlineData("g+", 60, "AU")]
    [InlineData("------------", 39_272, "..Dddddddddd")]
    [InlineData("------------", 39_273, "..DddddddddA")]
    [InlineData("-----------", 86_400, "..Ddddddddd")]
    public void Judges_by_failures_in_a_row_and_the_time_they_span(string tries, int secondsApart, string expected)
    {
        var health = new EndpointHealth(null);

        Assert.Equal(expected, string.Concat(tries.Select((c, i) => Letter(health.Advance(Answer(c), At.AddSeconds(i * secondsApart))))));
    }

    [Fact]
    public void Goes_on_after_a_restart()
    {
        var health = new EndpointHealth(At);

        Assert.True(health.IsDown);
        Assert.Equal(EndpointVerdict.StillDown, health.Advance(WebhookAnswer.NotAccepted, At.AddSeconds(1)));
        Assert.Equal(EndpointVerdict.Up, health.Advance(WebhookAnswer.Accepted, At.AddSeconds(2)));
        Assert.Equal(EndpointVerdict.Unchanged, health.Advance(WebhookAnswer.NotAccepted, At.AddSeconds(3)));
    }

    private static WebhookAnswer Answer(char c) => c switch
    {
        '+' => WebhookAnswer.Accepted,
        'g' => WebhookAnswer.Gone,
        _ => WebhookAnswer.NotAccepted,
    };

    private static char Letter(EndpointVerdict verdict) => verdict switch
    {
        EndpointVerdict.Down => 'D',
        EndpointVerdict.StillDown => 'd',
        EndpointVerdict.Up => 'U',
        EndpointVerdict.Abandon => 'A',
        _ => '.',
    };
}
