namespace FastVlm.Pipeline.Tests;

public sealed class RetryScheduleTests
{
    [Fact]
    public void Doubles_up_to_the_longest_wait_and_starts_again_after_success()
    {
        var schedule = new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), jitter: 0, new Random(1));

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], Enumerable.Range(0, 8).Select(_ => schedule.Next().TotalSeconds));

        schedule.Reset();

        Assert.Equal(1, schedule.Next().TotalSeconds);
    }

    [Fact]
    public void Jitter_shortens_by_at_most_its_share_and_differs_between_cameras()
    {
        var waits = Enumerable.Range(0, 200)
            .Select(seed => new RetrySchedule(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), jitter: 0.2, new Random(seed)).Next())
            .ToList();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10)));
        Assert.True(waits.Distinct().Count() > 150);
    }
}
